/**
 * The phone's own server: one person's pages out of replica and outbox, and an engine that keeps both in step with the hub.
 *
 * `createPhone(surroundings)` makes one; nothing is shared between two, so a test may hold several:
 *
 * - `await phone.handle(request)` answers a staff page or its form, or gives null where the network has to.
 * - `phone.takes(request)` says at once, reading nothing, whether `handle` may answer.
 * - `await phone.message(data)` takes what pages post: `{type: "who", person}`, `{type: "nobody"}`, `{type: "wake"}`,
 *   `{type: "hint", heads}`, `{type: "state?"}`, `{type: "changed?", since}`; done when what it set going is done.
 * - `await phone.engine.run()` pushes and pulls until nothing more can be done now; `phone.engine.stop()` ends its timers.
 * - `await phone.view()` is what the person sees, null where there is nothing to show yet; `await phone.state()` is what
 *   pages hear as `{type: "state"}`; `phone.replica`, `phone.outbox` are the two stores.
 */

import { Changes } from "./changes.js";
import { progressOf } from "./downloads.js";
import { Engine } from "./engine.js";
import { Hub } from "./hub.js";
import { Outbox } from "./outbox.js";
import { handle, markupAt, missing, takes } from "./router.js";
import { Storage } from "./storage.js";
import { surroundings } from "./surroundings.js";
import { Turns } from "./turns.js";
import { openView } from "./view.js";
import { Who } from "./who.js";

/** @typedef {import("./outbox.js").Result} Result */
/** @typedef {{live: boolean, as_of: number | null, waiting: number, refused: number, paused: string, syncing: boolean,
 *   storage: import("./storage.js").StorageState, oldest_at: number | null, catalogue_at: number | null, release: string,
 *   first: import("./downloads.js").Progress | null}} State `refused` counts what its person has not looked at yet;
 *   `first` is how far the first download is; `as_of` and `catalogue_at` are hub's time of the last complete pull;
 *   `oldest_at` is the phone's own */

const PRUNE_MS = 86_400_000;
const NOTHING_WAITS = { waiting: 0, oldest_at: null, through: 0, earlier: [] };

/** @param {Partial<import("./surroundings.js").Surroundings>} given */
export function createPhone(given = {}) {
  return new Phone(surroundings(given));
}

export class Phone {
  /** @type {Promise<void> | null} */
  #started = null;
  #prunedAt = 0;
  /** @type {number | null} */
  #keptOffset = null;
  #telling = new Turns(async () => this.world.broadcast({ type: "state", state: await this.state() }));
  /** Until when each person has looked at what was refused, hub's time. @type {Record<number, number>} */
  #seen = {};

  /** @param {import("./surroundings.js").Surroundings} world */
  constructor(world) {
    this.world = world;
    this.changes = new Changes(world);
    this.outbox = new Outbox(world);
    this.hub = new Hub(world);
    this.storage = new Storage(world);
    this.who = new Who(world, this.outbox, this.hub);
    this.engine = new Engine(this);
  }

  get replica() {
    return this.who.replica;
  }

  /** @param {Request} request */
  takes(request) {
    return takes(request);
  }

  /** @param {Request} request @returns {Promise<Response | null>} */
  handle(request) {
    return handle(this, request);
  }

  /** What `handle` would answer to a page of ours, without what stands around it in an answer. @param {URL} url */
  markupAt(url) {
    return markupAt(this, url);
  }

  /** For when the network that was to answer does not. @param {Request} request @returns {Promise<Response | null>} */
  missing(request) {
    return missing(this, request);
  }

  /** @param {any} data */
  async message(data) {
    const done = await this.storage.attempt("outbox", () => this.#told(data).then(() => true));
    if (done === null) await this.tellState();
  }

  /** @param {any} data */
  async #told(data) {
    const started = this.#ready();
    // Queued before anything is awaited: the next page that asks is for the one who is here now.
    const left = data?.type === "nobody" ? this.who.leave() : null;
    const come = data?.type === "who" && Number.isSafeInteger(data.person) ? this.who.become(data.person) : null;
    await Promise.allSettled([started, left, come]);
    await started;
    if (come) await come.then(() => this.#arrived());
    else if (left) await left.then(() => this.tellState());
    else if (data?.type === "wake") await this.engine.run();
    else if (data?.type === "hint") await this.#hinted(data.heads);
    else if (data?.type === "kept") await this.storage.look().then(() => this.tellState());
    else if (data?.type === "state?") await this.tellState();
    else if (data?.type === "changed?") this.changes.tellSince(data.since);
  }

  /** Starts a run and does not wait for it. */
  wake() {
    this.engine.run().catch(this.world.report);
  }

  async person() {
    if (!(await this.#ready())) return null;
    await this.who.settled();
    return this.who.person;
  }

  signingKey() {
    if (this.who.key === null) throw new Error("Nobody can sign here.");
    return this.who.key;
  }

  /** Null until somebody is here whose key and whole replica are on this phone. */
  async view() {
    if (!(await this.#ready())) return null;
    await this.who.settled();
    const { turn, person, key } = this.who;
    if (person === null || key === null || !this.replica?.complete || !this.replica.knowsPerson()) return null;
    // A page without what waits in the outbox would lie.
    const shown = await this.storage.attempt("outbox", () => this.outbox.shown(person));
    if (shown === null) return null;
    const { waiting, unreached, parked } = shown;
    if (turn !== this.who.turn) return null;
    const offset = this.hub.offset ?? 0;
    const standing = unreached.filter(({ result }) => result.status === "applied" || result.status === "already");
    // What a hub from an older backup needs anew stands here too: a view leaves out what its rows still know.
    const going = [...standing, ...waiting.filter((row) => row.withdrawn === undefined)];
    return openView({
      person,
      buckets: this.replica.buckets,
      coming: [...this.replica.coming(), ...this.storage.lent],
      waiting: going.map((row) => ({ ...row, at: row.at + (row.offset ?? 0), status: "waiting" })),
      answered: [...unreached.filter((row) => !standing.includes(row)), ...parked].map((row) => outcome(row, offset)),
      now: this.hub.now(),
    });
  }

  /** @returns {Promise<State>} */
  async state() {
    const view = await this.view();
    const { waiting, oldest_at } = await this.queue();
    const refused = view ? notDone(view).filter((row) => row.booked_at > this.#seenUntil(view)).length : 0;
    await this.storage.looked;
    const { live, paused, syncing } = this.engine;
    const as_of = this.replica?.asOf ?? null;
    const about = { storage: this.storage.state, oldest_at, catalogue_at: as_of, release: this.world.release.id };
    const first = this.replica && !this.replica.complete ? progressOf(this.replica) : null;
    return { live, as_of, waiting, refused, paused, syncing, ...about, first };
  }

  /** Whoever looks at the sync page has seen what was refused; it is no news any more. @param {import("./view.js").View} view */
  async refusalsSeen(view) {
    const until = Math.max(0, ...notDone(view).map((row) => row.booked_at));
    if (until <= this.#seenUntil(view)) return;
    this.#seen = { ...this.#seen, [view.personId]: until };
    await this.storage.attempt("outbox", () => this.outbox.keep("seen", this.#seen));
    await this.tellState();
  }

  /** @param {import("./view.js").View} view */
  #seenUntil(view) {
    return this.#seen[view.personId] ?? 0;
  }

  /** What the hub is told about this phone with every push and pull. */
  async health() {
    // Before it looks: what is recorded meanwhile did not wait then.
    const said_at = this.hub.offset === null ? null : this.hub.now();
    const { waiting, oldest_at, through, earlier } = await this.queue();
    await this.storage.looked;
    const standing = { waiting, oldest_at, said_at, through, ...(earlier.length > 0 ? { earlier } : {}) };
    const about = { release: this.world.release.id, storage: this.storage.state };
    return { ...standing, catalogue_at: this.replica?.asOf ?? null, ...about };
  }

  /** The same where this phone has no storage: then nothing waits on it. */
  async queue() {
    const isReady = await this.#ready();
    return (isReady ? await this.storage.attempt("outbox", () => this.outbox.queue()) : null) ?? NOTHING_WAITS;
  }

  /** Asked for several times at once it is told once more, and everybody who asked hears it. */
  tellState() {
    return this.#telling.run();
  }

  /** @param {string[]} buckets whose rows are others now; "outbox" for what waits here */
  async changed(buckets) {
    if (buckets.length > 0) this.changes.tell(buckets);
    await this.tellState();
  }

  /** @param {Result[]} results */
  settled(results) {
    for (const { id, status } of results) this.world.broadcast({ type: "settled", id, status });
  }

  /** @param {string[]} buckets */
  async pulled(buckets) {
    await this.changed(buckets);
    await this.#keepHouse();
  }

  /** @param {number} patience_ms @returns {Promise<import("./pull.js").PullEnd>} */
  async pull(patience_ms) {
    const { turn, replica } = this.who;
    if (replica === null) return "somebody-else";
    if (this.who.key === null) await this.who.fetchKey();
    const end = await this.engine.pull.all(replica, () => turn === this.who.turn, patience_ms);
    const { person } = this.engine.pull;
    // Somebody else has signed in and their first page has not come through: the hub says who is here.
    if (end === "somebody-else" && turn === this.who.turn && person !== null) {
      await this.who.become(person).then(() => this.changes.tell(["who"]));
    }
    return end;
  }

  async #arrived() {
    this.engine.resume();
    await this.tellState();
    await this.who.fetchKey();
    await this.engine.run();
  }

  /** A hint that tells nothing new still says that all is fresh. @param {Record<string, number>} heads */
  async #hinted(heads) {
    this.hub.heardAt = this.world.now();
    const { replica } = this;
    if (replica === null) return;
    const behind = Object.entries(heads ?? {}).some(([bucket, seq]) => {
      // These come into being with their first row; another may be missing because there is no room for it.
      const beginning = /^(unknown_codes|reviews|lots|counts):/.test(bucket) ? 0 : seq;
      return (replica.reached(bucket) ?? beginning) < seq;
    });
    const { waiting } = await this.queue();
    if (behind || waiting > 0 || !replica.complete) return await this.engine.run();
    replica.asOf = Math.max(replica.asOf ?? 0, this.hub.now());
    await this.tellState();
  }

  /** Whether there is a storage to work with. */
  async #ready() {
    return (await this.storage.attempt("outbox", () => this.#start().then(() => true))) ?? false;
  }

  #start() {
    this.#started ??= this.#remember().catch((error) => {
      this.#started = null;
      throw error;
    });
    return this.#started;
  }

  async #remember() {
    // No page waits for the browser's word; whoever tells the state does.
    this.storage.look();
    const settings = this.outbox.settings();
    const [{ offset = null, seen, lent }] = await Promise.all([settings, this.who.remember(settings)]);
    this.#keptOffset = offset;
    this.#seen = seen ?? {};
    this.storage.lent = lent ?? [];
    this.hub.offset ??= offset;
    this.storage.worked("outbox");
  }

  async #keepHouse() {
    const { offset } = this.hub;
    if (offset !== null && Math.abs(offset - (this.#keptOffset ?? offset + 1000)) > 200) {
      this.#keptOffset = offset;
      await this.outbox.keep("offset", offset);
    }
    if (this.world.now() - this.#prunedAt < PRUNE_MS) return;
    this.#prunedAt = this.world.now();
    await this.outbox.prune();
  }
}

/** @param {import("./view.js").View} view */
function notDone(view) {
  return view.outcomes().filter(({ status }) => status === "refused" || status === "parked");
}

/** @param {import("./outbox.js").Settled} row @param {number} offset @returns {import("./view.js").Outcome} */
function outcome({ id, kind, args, at, result, settled_at, offset: known }, offset) {
  const { status, code = null, params = {}, now = null, review = false } = result;
  return { id, kind, args, at: at + (known ?? 0), status, code, params, now, review, booked_at: settled_at + offset };
}
