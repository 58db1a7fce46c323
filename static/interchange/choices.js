// What the form says of labels and holdout, as the API wants it.

export const chosenFields = (form, at) => {
  const labels = form.elements.labels.value;
  const chosen = { create_classes: labels === "all" || labels === "some" };
  if (labels === "some") chosen.classes = readClasses(at("classes").value);
  if (form.elements.holdout.value === "share") chosen.holdout = { share: Number(at("share").value) / 100 };
  return chosen;
};

const readClasses = (text) => {
  const pairs = text.split(",").map((part) => part.trim()).filter(Boolean);
  if (!pairs.length) throw new Error("Say which labels to import, such as 5=five, 7=seven.");
  return Object.fromEntries(pairs.map((pair) => {
    const [label, ...name] = pair.split("=");
    return [label.trim(), (name.join("=") || label).trim()];
  }));
};
