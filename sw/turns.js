/** A piece of work that never runs twice at once: asked for while it runs, it runs once more. */

export class Turns {
  #work;
  /** @type {Promise<void> | null} */
  #now = null;
  /** @type {Promise<void> | null} */
  #next = null;

  /** @param {() => Promise<void>} work */
  constructor(work) {
    this.#work = work;
  }

  get busy() {
    return this.#now !== null;
  }

  /** Whether somebody has asked for it since it began. */
  get isWanted() {
    return this.#next !== null;
  }

  /** Done when it has run once from beginning to end; who asks meanwhile does not make the others wait. */
  run() {
    if (this.#now === null) return this.#begin();
    this.#next ??= Promise.allSettled([this.#now]).then(() => this.#begin());
    return this.#next;
  }

  /** Done when it does not run. */
  async idle() {
    while (this.#now) await Promise.allSettled([this.#now]);
  }

  #begin() {
    this.#next = null;
    const turn = this.#work().finally(() => {
      // The one that was asked for meanwhile follows without a gap in which nothing seems to run.
      if (this.#next === null) this.#now = null;
    });
    this.#now = turn;
    return turn;
  }
}
