// The labeling API as the page calls it. Knows addresses and what a failure means; nothing of the page.

const PATIENCE_MS = 20_000;

/** The server could not be reached, or answered with trouble: `kind` says which. */
export class Trouble extends Error {
  constructor(kind, detail = "", final = false) {
    super(detail || kind);
    /** Whether the same again would be refused again. */
    this.final = final;
    /** `offline`, `signed_out`, `gone`, `bad` (this will never be taken) or `retrying`. */
    this.kind = kind;
  }
}

const FINAL = [400, 403, 404, 409, 413, 415, 422];
const KIND = { 401: "signed_out", 404: "gone", 413: "bad", 415: "bad", 422: "bad" };

export class Server {
  constructor(root, userId) {
    this.root = root;
    this.userId = userId;
  }

  /** Small images come as data with the claim; all else has an address. */
  address(path) {
    return path.startsWith("data:") ? path : `${this.root}${path}`;
  }

  claim(project, limit) {
    return this.#call("POST", `/api/v1/projects/${project}/claims?limit=${limit}`);
  }

  /** Gives queries back, also while the page goes away. */
  release(project, ids) {
    return this.#call("POST", `/api/v1/projects/${project}/claims/release`, { query_ids: ids }, { keepalive: true });
  }

  send(answers, options) {
    return this.#call("POST", "/api/v1/labels", answers, options);
  }

  undo(id) {
    return this.#call("DELETE", `/api/v1/labels/${id}`);
  }

  remark(remark) {
    return this.#call("POST", "/api/v1/remarks", remark);
  }

  twins(query) {
    return this.#call("GET", `/api/v1/queries/${query}/twins`);
  }

  why(query) {
    return this.#call("GET", `/api/v1/queries/${query}/why`);
  }

  progress(project) {
    const offset = -new Date().getTimezoneOffset();
    return this.#call("GET", `/api/v1/projects/${project}/progress?utc_offset_minutes=${offset}`);
  }

  curve(project) {
    return this.#call("GET", `/api/v1/projects/${project}/progress/curve`);
  }

  guidelines(project) {
    return this.#call("GET", `/api/v1/projects/${project}/guidelines`);
  }

  /** Stores what a person prefers, also while the page goes away. */
  prefer(project, preferences) {
    return this.#call("PUT", `/api/v1/projects/${project}/preferences`, preferences, { keepalive: true });
  }

  async #call(method, path, body, { keepalive = false } = {}) {
    // Whoever has signed in in this browser meanwhile must not send this person's answers.
    const headers = { Accept: "application/json", "Cusp-User": String(this.userId) };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const signal = keepalive ? undefined : AbortSignal.timeout(PATIENCE_MS);
    let answer;
    try {
      answer = await fetch(this.address(path), { method, headers, keepalive, signal, body: body && JSON.stringify(body) });
    } catch {
      throw new Trouble("offline");
    }
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({}));
      throw new Trouble(KIND[answer.status] ?? "retrying", problem.detail, FINAL.includes(answer.status));
    }
    // A proxy's page in place of an answer is trouble like any other.
    return answer.json().catch(() => { throw new Trouble("retrying"); });
  }
}
