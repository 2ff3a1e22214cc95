/**
 * When to push and pull. Anybody may ask for a run at any time; a run in progress takes the wish along.
 *
 * Timers help while the worker lives, and nothing depends on them: pages wake the worker, and each run begins from what
 * is stored. Reads never wait for writes: a push that the hub cannot take does not keep the pull back.
 */

import { Pull } from "./pull.js";
import { Push } from "./push.js";

// Within five seconds of the network's or the hub's return: one attempt given up after four, the next one at once.
const PATIENCE_MS = 4_000;
// On a line where four seconds never suffice, every fourth attempt waits longer.
const LONG_PATIENCE_MS = 20_000;
const SOON_MS = 2_400;
const SOON_JITTER_MS = 1_400;
const LOOK_MS = 30_000;
const UNSEEN_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;
const LIVE_MS = 40_000;
// Rounds that begin again because the person changed or the hub came back older; then the next wake may try.
const MOST_RESTARTS = 5;

export class Engine {
  /** @type {Promise<void> | null} */
  #running = null;
  /** The last run with what it plans after. @type {Promise<void>} */
  #latest = Promise.resolve();
  #wanted = false;
  /** Attempts in a row that nobody answered. */
  #failures = 0;
  /** Not before then, the hub said; our clock. */
  #notBefore = 0;
  /** @type {() => void} */
  #callOff = () => undefined;
  #stopped = false;
  /** @type {"" | "sign-in" | "schema"} */
  paused = "";
  #pausedAt = 0;
  #askedAt = 0;
  #restarts = 0;

  /** @param {import("./phone.js").Phone} phone */
  constructor(phone) {
    this.phone = phone;
    const { world, outbox, hub } = phone;
    this.world = world;
    this.hub = hub;
    const health = () => phone.health();
    this.push = new Push(world, outbox, hub, health, (results) => phone.settled(results));
    this.pull = new Pull(outbox, hub, health, (changed) => phone.pulled(changed));
  }

  get syncing() {
    return this.#running !== null;
  }

  /** Whether figures are as fresh as they get. */
  get live() {
    return this.#failures === 0 && this.hub.heardAt > 0 && this.world.now() - this.hub.heardAt < LIVE_MS;
  }

  /** Done when no run is under way. */
  async idle() {
    await this.#latest;
  }

  /** Pushes and pulls; done when nothing more can be done now. */
  run() {
    this.#wanted = true;
    if (this.#running === null) {
      this.#running = this.#runs();
      this.#latest = this.#running;
    }
    return this.#running;
  }

  /** Somebody has signed in, or a new release is here: what was paused may go on. */
  resume() {
    this.paused = "";
    this.#failures = 0;
    this.#notBefore = 0;
  }

  /** No more timers; a run in progress comes to its end. */
  stop() {
    this.#stopped = true;
    this.#callOff();
  }

  async #runs() {
    this.#callOff();
    this.#restarts = 0;
    try {
      while (this.#wanted && !this.#stopped) {
        this.#wanted = false;
        await this.#round();
      }
    } finally {
      this.#running = null;
      this.#wanted = false;
      await this.phone.tellState();
      await this.#plan();
    }
  }

  /** One push and one pull. */
  async #round() {
    const person = await this.phone.person();
    const now = this.world.now();
    if (person === null || now < this.#notBefore) return;
    if (this.paused === "sign-in" && now - this.#pausedAt < LOOK_MS) return;
    this.#askedAt = now;
    this.phone.tellState().catch(this.world.report);
    const patience_ms = this.#failures % 4 === 3 ? LONG_PATIENCE_MS : PATIENCE_MS;
    const pushed = await this.push.all(this.#failures > 0, patience_ms);
    if (pushed === "unanswered" || pushed === "sign-in") return this.#note(pushed, this.push.retry_ms);
    const pulled = await this.phone.pull(patience_ms);
    if (pulled === "come-back" || pulled === "somebody-else") {
      this.#restarts += 1;
      this.#wanted ||= this.#restarts < MOST_RESTARTS;
      return;
    }
    this.#note(pulled, this.pull.retry_ms);
    if (pushed !== "done") this.#note(pushed, this.push.retry_ms);
  }

  /** @param {import("./push.js").PushEnd | import("./pull.js").PullEnd} end @param {number} retry_ms */
  #note(end, retry_ms) {
    this.#failures = end === "unanswered" || end === "refused" ? this.#failures + 1 : 0;
    if (end === "sign-in" || end === "schema") {
      this.paused = end;
      this.#pausedAt = this.world.now();
    } else if (end === "done") this.paused = "";
    const pause_ms = Math.min(retry_ms, LONGEST_PAUSE_MS);
    if (pause_ms > 0) this.#notBefore = this.world.now() + pause_ms + this.world.random() * 500;
  }

  async #plan() {
    const { waiting } = await this.phone.outbox.queue();
    const visible = await this.world.visible();
    if (this.#stopped || this.#running || (await this.phone.person()) === null) return;
    let delay_ms = visible ? LOOK_MS : UNSEEN_MS;
    if (waiting > 0 && visible && this.paused !== "sign-in") delay_ms = this.#soon_ms();
    else if (!visible && waiting === 0) return;
    delay_ms = Math.max(delay_ms, this.#notBefore - this.world.now());
    this.#callOff();
    this.#callOff = this.world.later(delay_ms, () => this.run().catch(this.world.report));
  }

  /** An attempt that hung has already waited four seconds. */
  #soon_ms() {
    const waited = this.world.now() - this.#askedAt;
    return Math.max(100 + this.world.random() * 300, SOON_MS + this.world.random() * SOON_JITTER_MS - waited);
  }
}
