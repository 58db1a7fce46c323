// Calls to the REST API from a page, with its cookie. Failures are sentences that can be shown.

export class Problem extends Error {
  constructor(sentence, { status = 0, type = "" } = {}) {
    super(sentence);
    this.status = status;
    this.type = type;
  }
}

export const call = async (method, address, body) => {
  const answer = await ask(method, address, body);
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Problem("You are signed out. Sign in in another tab, then try again.", problem);
  throw new Problem(inWords(problem), problem);
};

const ask = async (method, address, body) => {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem("The server cannot be reached, so nothing was saved. Try again in a moment.");
  }
};

// What does not fit is told by field; here the field is in sight, so its last name will do.
const inWords = (problem) => {
  if (!problem.errors) return problem.detail ?? "Something went wrong on the server. Nothing was saved.";
  return problem.errors.map(({ field, problem }) => sentence(field, problem)).join(" ");
};

const sentence = (field, problem) => {
  if (/^[A-Z]/.test(problem) && !/^(Input|String|Value|Decimal|Field)\b/.test(problem)) return problem;
  const name = field.split(".").filter((part) => !/^\d+$/.test(part)).at(-1)?.replaceAll("_", " ") ?? "";
  const words = problem.replace(/^(Input|String|Value|Decimal input) should/, "must").replace(/^Field required$/, "is missing");
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} ${words}.`;
};
