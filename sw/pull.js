/** Fetches what is new for one person, answer by answer, until the hub has nothing more; a big bucket in pieces. */

import { comeBack, comeBackWhole, place } from "./numbering.js";
import { tidied } from "./packing.js";
import { Pieces } from "./pieces.js";

/**
 * "come-back": the hub is an older one and wants the journal first.
 * @typedef {"done" | "unanswered" | "refused" | "sign-in" | "schema" | "somebody-else" | "come-back"} PullEnd
 */
/** @typedef {import("./replica.js").Replica} Replica */

const SCHEMA = 1;
/** Formats of snapshots that this release unpacks. */
const PACKED = [1];
// A bound for a hub that never stops saying "more": a million rows in pages of a few hundred.
const MOST_ANSWERS = 5000;
// A snapshot takes some seconds to make; then the phone asks again whatever the hub guessed.
const MOST_WAIT_MS = 5_000;

export class Pull {
  retry_ms = 0;
  /** Whom the hub's last answer was for. @type {number | null} */
  person = null;
  /** Whether somebody wants another pull to begin: what is not needed now can wait. */
  isPressed = () => false;
  /** Whether there is no room for the stock of other stores. */
  isLean = () => false;

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
    this.pieces = new Pieces(hub, () => onChange([]));
  }

  /**
   * @param {Replica} replica @param {() => boolean} isCurrent whether its person is still here
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
      const answer = await this.#ask(replica, sent, client, patience_ms);
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
      const done = !told.more && replica.isSettled;
      await this.outbox.markReached(done ? before : []);
      // Rows that are still of a hub's earlier epoch were numbered otherwise.
      if (!told.more) await this.#reach(replica);
      await this.onChange(changed);
      const end = await this.#rest(replica, told.more, isCurrent, patience_ms);
      if (end !== null) return end;
    }
    return "refused";
  }

  /** @param {Replica} replica @param {Record<string, any>} sent @param {{id: string} | null} client @param {number} patience_ms */
  async #ask(replica, sent, client, patience_ms) {
    const body = {
      schema: SCHEMA,
      cursors: sent,
      health: await this.health(),
      ...(replica.rowsOnly ? {} : { packed: PACKED }),
      ...(this.isLean() ? { lean: true } : {}),
      ...(client ? { client: client.id } : {}),
    };
    return await this.hub.ask("/sync/pull", body, patience_ms);
  }

  /**
   * What is to be done after an answer that was stored; null: ask again.
   * @param {Replica} replica @param {boolean} more @param {() => boolean} isCurrent @param {number} patience_ms
   * @returns {Promise<PullEnd | null>}
   */
  async #rest(replica, more, isCurrent, patience_ms) {
    const isWanted = () => isCurrent() && (!replica.isSettled || !this.isPressed());
    if (replica.isFetching) {
      const end = await this.pieces.fetch(replica, isWanted, patience_ms);
      this.retry_ms = this.pieces.retry_ms;
      if (!isCurrent()) return "somebody-else";
      // Somebody wants what is new: the rest of what is on its way comes with the next pull.
      return end === "pressed" ? "done" : end;
    }
    if (replica.waits.length > 0) {
      await this.hub.pause(Math.min(replica.waits_ms, MOST_WAIT_MS));
      return isCurrent() ? null : "somebody-else";
    }
    if (more || replica.doubts()) return null;
    await tidied(replica, () => this.isPressed() || !isCurrent());
    return "done";
  }

  /** @param {Replica} replica */
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
 * @param {Replica} replica @param {Record<string, number> | undefined} heads
 */
function contains(replica, heads) {
  return Object.entries(heads ?? {}).every(
    ([bucket, seq]) => (replica.reached(bucket) ?? Number.MAX_SAFE_INTEGER) >= seq,
  );
}
