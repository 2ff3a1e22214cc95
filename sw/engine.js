/**
 * When to push and pull. Anybody may ask for a run at any time; what is under way takes the wish along.
 *
 * Two lanes, and neither waits for the other: a push that hangs, is refused or is told to sign in never keeps news away,
 * and news that does not come keeps no work here. A pull only gives a push that has just begun a moment, so that its
 * answer brings what became of it. Timers help while the worker lives, and nothing depends on them: pages wake the
 * worker, and each turn begins from what is stored.
 */

import { Pull } from "./pull.js";
import { Push } from "./push.js";
import { reclaim, stored } from "./room.js";
import { Turns } from "./turns.js";

// Within five seconds of the network's or the hub's return: one attempt given up after four, the next one at once.
const PATIENCE_MS = 4_000;
// On a line where four seconds never suffice, every fourth attempt waits longer.
const LONG_PATIENCE_MS = 20_000;
const HEAD_START_MS = 600;
const SOON_MS = 2_400;
const SOON_JITTER_MS = 1_400;
const LOOK_MS = 30_000;
const UNSEEN_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;
const LIVE_MS = 40_000;
// Pulls that begin again because the person changed or the hub came back older; then the next wake may try.
const MOST_RESTARTS = 5;

/** @typedef {import("./push.js").PushEnd | import("./pull.js").PullEnd | "full"} End */

/** How it stands with one of the two. */
class Lane {
  /** Attempts in a row that nobody answered. */
  failures = 0;
  /** Not before then, the hub said; our clock. */
  notBefore = 0;
  /** @type {"" | "sign-in" | "schema"} */
  paused = "";
  pausedAt = 0;
  begunAt = 0;

  /** @param {import("./surroundings.js").Surroundings} world */
  constructor(world) {
    this.world = world;
  }

  get patience_ms() {
    return this.failures % 4 === 3 ? LONG_PATIENCE_MS : PATIENCE_MS;
  }

  /** Whether there is any sense in asking now. */
  may() {
    const now = this.world.now();
    return now >= this.notBefore && !(this.paused === "sign-in" && now - this.pausedAt < LOOK_MS);
  }

  /** @param {End} end @param {number} retry_ms */
  note(end, retry_ms) {
    this.failures = end === "unanswered" || end === "refused" || end === "full" ? this.failures + 1 : 0;
    if (end === "sign-in" || end === "schema") {
      this.paused = end;
      this.pausedAt = this.world.now();
    } else if (end === "done") this.paused = "";
    const pause_ms = Math.min(retry_ms, LONGEST_PAUSE_MS);
    if (pause_ms > 0) this.notBefore = this.world.now() + pause_ms + this.world.random() * 500;
  }

  resume() {
    this.paused = "";
    this.failures = 0;
    this.notBefore = 0;
  }
}

export class Engine {
  #pushing = new Turns(() => this.#pushes());
  #pulling = new Turns(() => this.#pulls());
  /** @type {Promise<void> | null} */
  #running = null;
  /** The last run with what it plans after. @type {Promise<void>} */
  #latest = Promise.resolve();
  /** @type {() => void} */
  #callOff = () => undefined;
  #stopped = false;
  #restarts = 0;
  /** How often results were stored. */
  #settled = 0;
  #isAsking = false;

  /** @param {import("./phone.js").Phone} phone */
  constructor(phone) {
    this.phone = phone;
    const { world, outbox, hub } = phone;
    this.world = world;
    this.hub = hub;
    this.out = new Lane(world);
    this.in = new Lane(world);
    const health = () => phone.health();
    this.push = new Push(world, outbox, hub, health, (results) => this.#heard(results));
    this.pull = new Pull(outbox, hub, health, (changed) => phone.pulled(changed));
    this.pull.isLean = () => phone.storage.lent.length > 0;
    this.pull.isPressed = () => this.#pulling.isWanted;
  }

  get syncing() {
    return this.#pushing.busy || this.#pulling.busy;
  }

  /** @returns {"" | "sign-in" | "schema"} */
  get paused() {
    return this.out.paused || this.in.paused;
  }

  /** Whether figures are as fresh as they get. */
  get live() {
    return this.in.failures === 0 && this.hub.heardAt > 0 && this.world.now() - this.hub.heardAt < LIVE_MS;
  }

  /** Done when no run is under way. */
  async idle() {
    await this.#latest;
  }

  /** Pushes and pulls; done when nothing more can be done now. */
  run() {
    if (this.#stopped) return Promise.resolve();
    this.#callOff();
    if (!this.syncing) this.#restarts = 0;
    // A bug in one lane is loud and leaves the other alone.
    this.#again(this.#pushing);
    this.#again(this.#pulling);
    if (this.#running === null) {
      this.#running = this.#runs();
      this.#latest = this.#running;
    }
    return this.#running;
  }

  /** Somebody has signed in, or a new release is here: what was paused may go on. */
  resume() {
    this.out.resume();
    this.in.resume();
  }

  /** No more timers; what is under way comes to its end. */
  stop() {
    this.#stopped = true;
    this.#callOff();
  }

  async #runs() {
    try {
      while (this.syncing) await Promise.all([this.#pushing.idle(), this.#pulling.idle()]);
    } finally {
      this.#running = null;
      await this.phone.tellState();
      await this.#plan();
    }
  }

  async #pushes() {
    if ((await this.phone.person()) === null || !this.out.may()) return;
    this.out.begunAt = this.world.now();
    this.phone.tellState().catch(this.world.report);
    const before = this.#settled;
    const asked = () => this.push.all(this.out.failures > 0, this.out.patience_ms);
    const end = await stored(this.phone, "outbox", asked);
    this.out.note(end, this.push.retry_ms);
    // A browser that does not wake workers loses nothing: pages do.
    if (end !== "done") await Promise.allSettled([this.world.askForSync()]);
    // What was asked before the results came does not contain them.
    if (before < this.#settled && (this.#isAsking || !this.#pulling.busy)) this.#again(this.#pulling);
    await this.#plan();
  }

  async #pulls() {
    if ((await this.phone.person()) === null || !this.in.may()) return;
    const waited_ms = await this.#headStart();
    await reclaim(this.phone);
    this.#isAsking = true;
    const asked = () => this.phone.pull(this.in.patience_ms - waited_ms);
    const end = await stored(this.phone, "replica", asked).finally(() => {
      this.#isAsking = false;
    });
    if (end === "come-back" || end === "somebody-else") return this.#beginAgain();
    this.in.note(end, this.pull.retry_ms);
    await this.#plan();
  }

  #beginAgain() {
    this.#restarts += 1;
    if (this.#restarts >= MOST_RESTARTS) return;
    this.#again(this.#pushing);
    this.#again(this.#pulling);
  }

  /** @param {Turns} lane */
  #again(lane) {
    if (!this.#stopped) lane.run().catch(this.world.report);
  }

  /** Waits for a push that has just begun and does not look lost; gives back how long it was, ms. */
  async #headStart() {
    const begun = this.world.now();
    const left_ms = this.out.begunAt + HEAD_START_MS - begun;
    if (!this.#pushing.busy || this.out.failures > 0 || left_ms <= 0) return 0;
    /** @type {() => void} */
    let callOff = () => undefined;
    const passed = new Promise((resolve) => {
      callOff = this.world.later(left_ms, () => resolve(undefined));
    });
    await Promise.race([this.#pushing.idle(), passed]);
    callOff();
    return this.world.now() - begun;
  }

  /** @param {import("./outbox.js").Result[]} results */
  #heard(results) {
    this.#settled += 1;
    this.phone.settled(results);
  }

  async #plan() {
    const { waiting } = await this.phone.queue();
    const visible = await this.world.visible();
    if (this.#stopped || (await this.phone.person()) === null) return;
    const isPushing = this.#pushing.busy;
    let delay_ms = visible ? LOOK_MS : UNSEEN_MS;
    if (waiting > 0 && visible && !isPushing && this.out.paused !== "sign-in") delay_ms = this.#soon_ms();
    else if (!visible && waiting === 0) return;
    const notBefore = Math.min(waiting > 0 ? this.out.notBefore : Number.POSITIVE_INFINITY, this.in.notBefore);
    delay_ms = Math.max(delay_ms, notBefore - this.world.now());
    this.#callOff();
    this.#callOff = this.world.later(delay_ms, () => this.run().catch(this.world.report));
  }

  /** An attempt that hung has already waited four seconds. */
  #soon_ms() {
    const waited = this.world.now() - this.out.begunAt;
    return Math.max(100 + this.world.random() * 300, SOON_MS + this.world.random() * SOON_JITTER_MS - waited);
  }
}
