/** What changed lately: pages hear it at once, and one that was drawn before it and listens only since asks. */

const KEPT_MS = 60_000;

export class Changes {
  /** @type {{ at: number, buckets: string[] }[]} */
  #told = [];

  /** @param {import("./surroundings.js").Surroundings} world */
  constructor(world) {
    this.world = world;
  }

  /** @param {string[]} buckets whose rows are others now; "outbox" for what waits here */
  tell(buckets) {
    const at = this.world.now();
    this.#told = [...this.#told.filter((one) => one.at > at - KEPT_MS), { at, buckets }];
    this.world.broadcast({ type: "changed", buckets });
  }

  /** @param {unknown} since the phone's clock, ms: when the page that asks was begun */
  tellSince(since) {
    if (!Number.isSafeInteger(since)) return;
    const later = this.#told.filter(({ at }) => at >= Number(since));
    const buckets = [...new Set(later.flatMap((one) => one.buckets))];
    if (buckets.length > 0) this.world.broadcast({ type: "changed", buckets });
  }
}
