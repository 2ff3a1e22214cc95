/** Talking to the hub: JSON there and back, with patience that ends, and what its clock says. */

/**
 * Status 0: nobody answered, or not the hub; `hung` where the question was given up.
 * @typedef {{status: number, body: any, retry_ms: number, hung?: boolean}} Answer
 */

const BODY_MS = 60_000;
const NOBODY = { status: 0, body: null, retry_ms: 0 };

export class Hub {
  /** Hub's clock minus ours, ms; null until known. @type {number | null} */
  offset = null;
  /** When it last answered, our clock. */
  heardAt = 0;

  /** @param {import("./surroundings.js").Surroundings} world */
  constructor(world) {
    this.world = world;
  }

  /** The hub's time. */
  now() {
    return this.world.now() + (this.offset ?? 0);
  }

  /**
   * @param {string} path @param {unknown} body null for a GET @param {number} patience_ms until the first byte of the answer
   * @returns {Promise<Answer>}
   */
  async ask(path, body, patience_ms) {
    const asked = this.world.now();
    const giveUp = new AbortController();
    const patience = this.world.later(patience_ms, () => giveUp.abort());
    let rest = patience;
    try {
      const response = await this.world.fetch(path, { ...init(body), signal: giveUp.signal });
      const answered = this.world.now();
      patience();
      rest = this.world.later(BODY_MS, () => giveUp.abort());
      const retry_ms = 1000 * (Number(response.headers.get("retry-after")) || 0);
      const text = await response.text();
      const told = parsed(text, response);
      // A café's sign-in page says 200 too.
      if (told === undefined && response.ok) return NOBODY;
      if (response.status < 500) this.#heard(told?.now, asked, answered);
      return { status: response.status, body: told ?? {}, retry_ms };
    } catch (error) {
      if (!isTrouble(error)) throw error;
      return { ...NOBODY, hung: giveUp.signal.aborted };
    } finally {
      patience();
      rest();
    }
  }

  /**
   * A file of the hub's. Status 0 where it did not come whole.
   * @param {string} path @param {number} patience_ms until the first byte of the answer
   * @returns {Promise<{status: number, bytes: Uint8Array, retry_ms: number}>}
   */
  async bytes(path, patience_ms) {
    const giveUp = new AbortController();
    let rest = this.world.later(patience_ms, () => giveUp.abort());
    try {
      const response = await this.world.fetch(path, { ...init(null), headers: {}, signal: giveUp.signal });
      rest();
      rest = this.world.later(BODY_MS, () => giveUp.abort());
      const bytes = new Uint8Array(await response.arrayBuffer());
      this.heardAt = this.world.now();
      const isFile = (response.headers.get("content-type") ?? "").includes("octet-stream");
      // A café's sign-in page says 200 too.
      const status = response.ok && !isFile ? 0 : response.status;
      return { status, bytes, retry_ms: 1000 * (Number(response.headers.get("retry-after")) || 0) };
    } catch (error) {
      if (!isTrouble(error)) throw error;
      return { status: 0, bytes: new Uint8Array(), retry_ms: 0 };
    } finally {
      rest();
    }
  }

  /** @param {number} delay_ms */
  pause(delay_ms) {
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        this.world.later(delay_ms, () => resolve());
      })
    );
  }

  /** The middle of question and answer is the best guess at when the hub looked at its clock. @param {unknown} now @param {number} asked @param {number} answered */
  #heard(now, asked, answered) {
    this.heardAt = answered;
    if (typeof now === "number" && answered >= asked) this.offset = Math.round(now - (asked + answered) / 2);
  }
}

/** @param {unknown} body @returns {RequestInit} */
function init(body) {
  /** @type {RequestInit} */
  const shared = { credentials: "same-origin", cache: "no-store", redirect: "error" };
  if (body === null) return { ...shared, headers: { Accept: "application/json" } };
  return {
    ...shared,
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** @param {string} text @param {Response} response */
function parsed(text, response) {
  if (!(response.headers.get("content-type") ?? "").includes("json")) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A failed fetch is a TypeError, one given up an AbortError. @param {unknown} error */
function isTrouble(error) {
  return error instanceof TypeError || (error instanceof Error && error.name === "AbortError");
}
