// From a form's fields to JSON: `data-type` says which kind of value a field holds.

const KINDS = {
  int: (field) => (field.value === "" ? null : Number(field.value)),
  number: (field) => (field.value === "" ? null : Number(field.value)),
  money: (field) => (field.value === "" ? null : field.value),
  price: (field) => (field.value === "" ? "0" : field.value),
  bool: (field) => (field.type === "checkbox" ? field.checked : field.value === "true"),
  optional: (field) => (field.value === "" ? undefined : field.value),
};

export const valueOf = (field) => (KINDS[field.dataset.type] ?? (() => field.value))(field);

export const bodyOf = (form) => {
  const body = {};
  for (const field of form.elements) {
    const counts = field.name && field.tagName !== "BUTTON" && !field.disabled;
    if (counts && (field.type !== "radio" || field.checked)) body[field.name] = valueOf(field);
  }
  return body;
};

// As it may stand between single quotes of a shell.
export const quoted = (body) => JSON.stringify(body, null, 2).replaceAll("'", `'"'"'`);

export const showCall = (id, body) => {
  const place = document.querySelector(`#${CSS.escape(id)} [data-rest-body]`);
  if (place) place.textContent = quoted(body);
};
