/** Fetches what is new for one person, answer by answer, until the hub has nothing more. */

import { comeBack, comeBackWhole, place } from "./numbering.js";

/**
 * "come-back": the hub is an older one and wants the journal first.
 * @typedef {"done" | "unanswered" | "refused" | "sign-in" | "schema" | "somebody-else" | "come-back"} PullEnd
 */

const SCHEMA = 1;
// A bound for a hub that never stops saying "more": a million rows in pages of a few hundred.
const MOST_ANSWERS = 5000;

export class Pull {
  retry_ms = 0;
  /** Whom the hub's last answer was for. @type {number | null} */
  person = null;

  /**
   * @param {import("./outbox.js").Outbox} outbox @param {import("./hub.js").Hub} hub
   * @param {() => Promise<Record<string, any>>} health what the phone says of itself
   * @param {(changed: string[]) => Promise<void>} onChange called after each stored answer, with the buckets that changed
   */
  constructor(outbox, hub, health, onChange) {
    this.outbox = outbox;
    this.hub = hub;
    this.health = health;
    this.onChange = onChange;
  }

  /**
   * @param {import("./replica.js").Replica} replica @param {() => boolean} isCurrent whether its person is still here
   * @param {number} patience_ms @returns {Promise<PullEnd>}
   */
  async all(replica, isCurrent, patience_ms) {
    this.retry_ms = 0;
    this.person = null;
    // What was answered before the first question is contained in the last answer, whatever its heads say.
    const before = (await this.outbox.unreached()).filter((row) => row.by === replica.person).map((row) => row.id);
    for (let asked = 0; asked < MOST_ANSWERS; asked += 1) {
      const client = await place(this.outbox);
      const sent = replica.cursors();
      const health = await this.health();
      const body = { schema: SCHEMA, cursors: sent, health, ...(client ? { client: client.id } : {}) };
      const answer = await this.hub.ask("/sync/pull", body, patience_ms);
      if (!isCurrent()) return "somebody-else";
      if (answer.status !== 200) return this.#end(answer);
      const told = answer.body;
      this.person = Number.isSafeInteger(told.person) ? told.person : null;
      if (this.person === null) return "refused";
      if (this.person !== replica.person) return "somebody-else";
      if (client && told.last_n < client.settled) {
        await comeBack(this.outbox, client.id, told.last_n + 1);
        return "come-back";
      }
      const chain = told.buckets.find((/** @type {any} */ one) => one.id === "chain");
      if (chain && (await comeBackWhole(this.outbox, chain.epoch))) return "come-back";
      const changed = await replica.take(told, sent);
      if (changed === null) continue;
      const done = !told.more;
      await this.outbox.markReached(done ? before : []);
      await this.#reach(replica);
      await this.onChange(changed);
      if (done && !replica.doubts()) return "done";
    }
    return "refused";
  }

  /** @param {import("./replica.js").Replica} replica */
  async #reach(replica) {
    const rows = (await this.outbox.unreached()).filter((row) => row.by === replica.person);
    await this.outbox.markReached(rows.filter((row) => contains(replica, row.result.heads)).map((row) => row.id));
  }

  /** @param {import("./hub.js").Answer} answer @returns {PullEnd} */
  #end(answer) {
    this.retry_ms = answer.retry_ms;
    if (answer.status === 401) return "sign-in";
    if (answer.status === 426) return "schema";
    return answer.status === 0 ? "unanswered" : "refused";
  }
}

/**
 * Whether live rows are as new as a result; a bucket that is not here will never come.
 * @param {import("./replica.js").Replica} replica @param {Record<string, number> | undefined} heads
 */
function contains(replica, heads) {
  return Object.entries(heads ?? {}).every(
    ([bucket, seq]) => (replica.reached(bucket) ?? Number.MAX_SAFE_INTEGER) >= seq,
  );
}
