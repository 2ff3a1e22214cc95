/** A piece of work that never runs twice at once: asked for while it runs, it runs once more. */

export class Turns {
  #work;
  #isWanted = false;
  /** @type {Promise<void> | null} */
  #running = null;

  /** @param {() => Promise<void>} work */
  constructor(work) {
    this.#work = work;
  }

  get busy() {
    return this.#running !== null;
  }

  /** Whether it will run once more. */
  get isWanted() {
    return this.#isWanted;
  }

  /** Done when it has run once more from now on. */
  run() {
    this.#isWanted = true;
    this.#running ??= this.#turns();
    return this.#running;
  }

  /** Done when it does not run. */
  async idle() {
    while (this.#running) await Promise.allSettled([this.#running]);
  }

  async #turns() {
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        await this.#work();
      }
    } finally {
      this.#running = null;
      this.#isWanted = false;
    }
  }
}
