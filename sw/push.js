/**
 * Sends what waits, in order, until nothing is left or something stands in the way.
 *
 * Each step reads the outbox, asks the hub outside of any transaction, and stores what it said in one. A worker killed
 * between two steps has lost nothing, and two pushes at once only say the same twice.
 */

import { comeBack, fork, nextBatch, voided, wire } from "./numbering.js";
import { sign } from "./signing.js";

/** @typedef {import("./numbering.js").Batch} Batch */
/** @typedef {import("./hub.js").Answer} Answer */
/** @typedef {"done" | "unanswered" | "refused" | "sign-in"} PushEnd "unanswered": no network; "refused": the hub cannot now */

const PROTOCOL = 1;
const MOST = 200;
// More than one renumbering in a row helps nobody: the hub and the phone do not understand each other.
const MOST_RENUMBERINGS = 3;
// What hung once may have been the line's fault; half of it is enough for so long.
const CAREFUL_MS = 60_000;

export class Push {
  /** When the hub asks for a pause, ms. */
  retry_ms = 0;
  /** How many go out at once; halved by each message that hung. */
  #most = MOST;
  #hungAt = 0;

  /**
   * @param {import("./surroundings.js").Surroundings} world @param {import("./outbox.js").Outbox} outbox
   * @param {import("./hub.js").Hub} hub @param {() => Promise<Record<string, any>>} health what the phone says of itself
   * @param {(results: import("./outbox.js").Result[]) => void} onSettled
   */
  constructor(world, outbox, hub, health, onSettled) {
    this.world = world;
    this.outbox = outbox;
    this.hub = hub;
    this.health = health;
    this.onSettled = onSettled;
  }

  /**
   * @param {boolean} doubtful the network has just failed: one operation finds out, with little patience
   * @param {number} patience_ms @returns {Promise<PushEnd>}
   */
  async all(doubtful, patience_ms) {
    this.retry_ms = 0;
    let most = doubtful ? 1 : this.#most;
    let renumberings = 0;
    for (;;) {
      const batch = await nextBatch(this.outbox, most);
      if (batch.rows.length === 0) return "done";
      const end = await this.#send(batch, patience_ms);
      if (end === "renumbered" && renumberings < MOST_RENUMBERINGS) renumberings += 1;
      else if (end === "renumbered") return "refused";
      else if (end !== "settled") return end;
      most = this.#grown();
    }
  }

  /** A proxy that swallows large messages answers smaller ones; after a while the larger ones are tried again. */
  #grown() {
    if (this.#most < MOST && this.world.now() - this.#hungAt > CAREFUL_MS) {
      this.#most = Math.min(MOST, this.#most * 2);
      this.#hungAt = this.world.now();
    }
    return this.#most;
  }

  /** @param {number} size of the message that nobody answered in time; one that hung alone says nothing of size */
  #hung(size) {
    if (size > 1) this.#most = size >> 1;
    this.#hungAt = this.world.now();
  }

  /** @param {Batch} batch @param {number} patience_ms @returns {Promise<PushEnd | "settled" | "renumbered">} */
  async #send(batch, patience_ms) {
    const ops = await Promise.all(batch.rows.map((row) => this.#signedToday(row)));
    const answer = await this.#ask(batch, ops, patience_ms);
    if (answer.status === 200) return await this.#settle(batch, answer.body);
    if (answer.status === 409) return await this.#renumber(batch, answer.body);
    if (answer.hung) this.#hung(batch.rows.length);
    if (answer.status !== 400 && answer.status !== 413) return this.#end(answer);
    if (batch.rows.length === 1) return await this.#park(batch, answer.body, patience_ms);
    return await this.#send({ ...batch, rows: batch.rows.slice(0, batch.rows.length >> 1) }, patience_ms);
  }

  /**
   * A hub from an older backup may have given this person another key since it knew what comes back now.
   * @param {import("./outbox.js").Waiting} row
   */
  async #signedToday(row) {
    const op = wire(row);
    const key = row.again ? await this.outbox.key(row.by) : null;
    return key ? { ...op, mac: await sign(this.world.subtle, key, op) } : op;
  }

  /** @param {Batch} batch @param {unknown[]} ops @param {number} patience_ms */
  async #ask(batch, ops, patience_ms) {
    const body = { protocol: PROTOCOL, client: batch.client, ops, health: await this.health() };
    // A full batch takes its time on a bad line: ten kilobytes a second are enough.
    return await this.hub.ask("/sync/push", body, patience_ms + (ops.length > 1 ? JSON.stringify(ops).length / 10 : 0));
  }

  /** @param {Batch} batch @param {any} told @returns {Promise<PushEnd | "settled" | "renumbered">} */
  async #settle(batch, told) {
    if (!Array.isArray(told.results) || !Number.isSafeInteger(told.last_n)) return "refused";
    const stored = await this.outbox.settle(batch.client, told.results);
    if (stored.length > 0) this.onSettled(stored);
    if (told.last_n < batch.settled) {
      await comeBack(this.outbox, batch.client, told.last_n + 1);
      return "renumbered";
    }
    // Nothing stored: another engine was faster, or the hub spoke of other operations.
    return stored.length > 0 || (await this.#movedOn(batch)) ? "settled" : "refused";
  }

  /** @param {Batch} batch */
  async #movedOn(batch) {
    const row = await this.outbox.waiting(batch.rows[0].id);
    return row === undefined || row.client !== batch.client;
  }

  /** @param {Batch} batch @param {any} told @returns {Promise<PushEnd | "renumbered">} */
  async #renumber(batch, told) {
    if (told.code === "forked") await fork(this.outbox, batch.client);
    else if (told.code === "gap" && Number.isSafeInteger(told.expected)) {
      await comeBack(this.outbox, batch.client, told.expected);
    } else return "refused";
    return "renumbered";
  }

  /**
   * One operation that the hub cannot read. A void is offered for its slot; where the hub takes that, the operation
   * itself is the trouble: it is parked here, its content kept, and the rest goes on. Where another operation has the
   * slot, the hub says so only now, for this it can read: all is renumbered first. Where it takes no void for any other
   * reason, the trouble is the hub's, and nothing is touched.
   * @param {Batch} batch @param {any} told @param {number} patience_ms @returns {Promise<PushEnd | "settled" | "renumbered">}
   */
  async #park(batch, told, patience_ms) {
    const [row] = batch.rows;
    const key = await this.outbox.key(row.by);
    const nothing = voided(row, "");
    const mac = key ? await sign(this.world.subtle, key, nothing) : "";
    const answer = await this.#ask(batch, [{ ...nothing, mac }], patience_ms);
    if (answer.status === 409) return await this.#renumber(batch, answer.body);
    if (answer.status !== 200) return this.#end(answer);
    const { results } = answer.body;
    if (!Array.isArray(results) || results[0]?.n !== row.n) return "refused";
    const parked = { n: row.n, id: row.id, status: "parked", code: told.code ?? "unexpected", params: {}, heads: {} };
    this.onSettled(await this.outbox.settle(batch.client, [results[0].status === "void" ? parked : results[0]]));
    return "settled";
  }

  /** @param {Answer} answer @returns {PushEnd} */
  #end(answer) {
    if (answer.status === 401) return "sign-in";
    this.retry_ms = answer.retry_ms;
    return answer.status === 0 ? "unanswered" : "refused";
  }
}
