/**
 * Whether this phone can keep what it is given, and what is done when it cannot.
 *
 * "full": the browser gives no more room; "lost": a database that worked no longer does; "none": there never was one (a
 * private window of some browsers); "unsure": the browser may clear everything when the phone runs short, and said no
 * when it was asked to keep it; "ok" otherwise.
 */

/** @typedef {"ok" | "full" | "lost" | "none" | "unsure"} StorageState */
/** @typedef {"full" | "lost" | "none"} Trouble */
/** @typedef {"outbox" | "replica"} Place */

// How much must be free again before the stock of other stores is fetched anew.
const ROOM_BYTES = 40_000_000;

/** A form could not be saved here. */
export class NotKept extends Error {
  /** @param {Trouble} trouble @param {unknown} cause */
  constructor(trouble, cause) {
    super(`This phone cannot keep anything: ${trouble}.`, { cause });
    this.trouble = trouble;
  }
}

export class Storage {
  /** @type {Map<Place, Trouble>} */
  #troubles = new Map();
  /** @type {boolean | null} */
  #isPersistent = null;
  #hasWorked = false;
  /** Done when the browser has answered what it was asked last. */
  looked = Promise.resolve();
  /** Buckets of other stores' stock that were let go to make room, and when, our clock. @type {string[]} */
  lent = [];
  lentAt = 0;

  /** @param {import("./surroundings.js").Surroundings} world */
  constructor(world) {
    this.world = world;
  }

  /** @returns {StorageState} */
  get state() {
    return this.trouble ?? (this.#isPersistent === false ? "unsure" : "ok");
  }

  /** The outbox's comes first: what is in it exists nowhere else. @returns {Trouble | null} */
  get trouble() {
    return this.#troubles.get("outbox") ?? this.#troubles.get("replica") ?? null;
  }

  /** @param {Place} place */
  worked(place) {
    this.#hasWorked = true;
    this.#troubles.delete(place);
  }

  /**
   * What an error says of the storage; null where it is a bug of ours, which is somebody else's to report.
   * @param {unknown} error @param {Place} place
   */
  note(error, place) {
    const trouble = troubleOf(error, this.#hasWorked);
    if (trouble !== null) this.#troubles.set(place, trouble);
    return trouble;
  }

  /**
   * Null where the storage is in the way of it.
   * @template T
   * @param {Place} place @param {() => Promise<T>} work @returns {Promise<T | null>}
   */
  async attempt(place, work) {
    try {
      return await work();
    } catch (error) {
      if (this.note(error, place) === null) throw error;
      return null;
    }
  }

  /** Asks the browser again, after a page has asked it to keep everything. */
  look() {
    this.looked = this.#asked();
    return this.looked;
  }

  async #asked() {
    const persisted = await quietly(this.world.storage?.persisted());
    this.#isPersistent = persisted ?? null;
  }

  /** Whether there is room for the stock of other stores. A browser that does not say is believed to have it. */
  async hasRoom() {
    const estimate = await quietly(this.world.storage?.estimate());
    if (estimate?.quota === undefined) return true;
    return estimate.quota - (estimate.usage ?? 0) > ROOM_BYTES;
  }
}

/** @param {unknown} error @param {boolean} hasWorked @returns {Trouble | null} */
export function troubleOf(error, hasWorked) {
  if (error instanceof NotKept) return error.trouble;
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : { name: "", message: "" };
  if (name === "QuotaExceededError" || /quota|disk (is )?full|no space/i.test(message)) return "full";
  const isStorage =
    ["InvalidStateError", "UnknownError", "NotReadableError", "SecurityError", "NotFoundError"].includes(name) ||
    (error instanceof DOMException && name === "AbortError");
  return isStorage ? (hasWorked ? "lost" : "none") : null;
}

/**
 * A browser that refuses the question is one that does not say.
 * @template T
 * @param {Promise<T> | undefined} asked @returns {Promise<T | undefined>}
 */
async function quietly(asked) {
  const [told] = await Promise.allSettled([asked]);
  return told.status === "fulfilled" ? told.value : undefined;
}
