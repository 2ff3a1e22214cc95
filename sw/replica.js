/**
 * What the hub has told one person's phone: buckets of rows, never written by this phone, disposable.
 *
 * A big bucket is kept in packed blocks (`packed/`), and what has changed since in pages as they were pulled; a small
 * one in pages alone. A pull of several answers, or of a snapshot in pieces, is laid aside (`ahead`) until its last
 * one, which was read in one snapshot of the hub: then one short transaction flips all cursors. So no line is ever seen
 * without its header, and a worker killed in the middle goes on where it was.
 */

import { Bucket } from "./bucket.js";
import { answer, Database, forget } from "./databases.js";
import { packedOf } from "./packed/packed.js";
import { build, cursorOf, dropped, extended, flipped, isComing, offered, placesIn, STORES, same } from "./places.js";

/** @typedef {import("./bucket.js").Cursor} Cursor */
/** @typedef {import("./bucket.js").Page} Page */
/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("./places.js").Held} Held */
/** @typedef {import("./places.js").PulledPage} PulledPage */
/** @typedef {import("./packed/packed.js").Packed} Packed */
/** `home` is the store whose goods are shown. @typedef {{person: number, buckets: PulledPage[], drop: string[], more: boolean, now: number, last_n: number, home?: number | null}} Pulled */
/** `parts` are the blocks of pieces by their name. @typedef {{pages: Page[], packed: Packed | null, parts: Map<string, any[]>}} Aside */
/** @typedef {{pages: Page[], packed: Packed | null, reset: boolean, sound: boolean}} Planned */
/** @typedef {import("./databases.js").Stores} Stores */

export class Replica {
  /** Live rows by bucket. @type {Map<string, Bucket>} */
  buckets = new Map();
  /** @type {Map<string, Place>} */
  places = new Map();
  /** What is laid aside, by bucket. @type {Map<string, Aside>} */
  aside = new Map();
  #isVerified = false;
  /** Whether a pull has come to its end once, and when the last one did (hub's clock). */
  complete = false;
  /** @type {number | null} */
  asOf = null;
  /** @type {number | null} */
  home = null;
  /** Buckets whose snapshot the hub still makes. @type {string[]} */
  waits = [];
  waits_ms = 0;
  /** A snapshot did not add up here: rows are asked for until the worker's next life. */
  rowsOnly = false;
  /** Snapshots that the hub offered and no longer had. */
  vanished = 0;
  /** Whether what a killed worker left behind was looked for. */
  isSwept = false;
  /** Rows that may lie outside of blocks. @type {number} */
  looseAtMost;
  /** A block left with fewer, or with fewer than three in four of those it had, is written anew with the others. */
  rowsABlockAtLeast = 1_500;

  /** @param {import("./surroundings.js").Surroundings} world @param {number} person */
  constructor(world, person) {
    this.world = world;
    this.looseAtMost = world.looseAtMost;
    this.person = person;
    this.database = new Database(world.indexedDB, `stockhand-replica-2-${person}`, build);
  }

  /** Builds the memory anew from what is stored. */
  async load() {
    const [pages, blocks, places, facts] = await this.database.read(STORES, (stores) =>
      Promise.all([
        recordsIn(stores("pages")),
        recordsIn(stores("blocks")),
        placesIn(stores),
        recordsIn(stores("facts")),
      ]),
    );
    const texts = (/** @type {Held} */ held) => held.pages.flatMap((key) => pages.get(key) ?? []);
    this.places = places;
    this.buckets = new Map();
    this.aside = new Map();
    for (const [id, { live, ahead }] of places) {
      if (live) this.buckets.set(id, new Bucket(id, packedOf(id, live.packed, blocks), texts(live)));
      if (!ahead) continue;
      const have = Object.entries(ahead.download?.have ?? {});
      this.aside.set(id, {
        pages: texts(ahead).map((text) => JSON.parse(text)),
        packed: packedOf(id, ahead.packed, blocks),
        parts: new Map(have.map(([name, keys]) => [name, keys.map((key) => blocks.get(key))])),
      });
    }
    this.#isVerified = false;
    const pulled = facts.get("pulled");
    this.complete = pulled !== undefined;
    this.asOf = pulled?.at ?? null;
    this.home = pulled?.home ?? null;
  }

  /** What the next pull tells the hub; nothing of a bucket that does not add up. @returns {Record<string, Cursor>} */
  cursors() {
    if (!this.#isVerified) this.#verify();
    /** @type {Record<string, Cursor>} */
    const cursors = {};
    for (const place of this.places.values()) {
      const cursor = cursorOf(place);
      if (cursor) cursors[place.bucket] = cursor;
    }
    return cursors;
  }

  /** Once after the memory was built. Blocks bring their sums along: nothing is added up that was added up before. */
  #verify() {
    this.#isVerified = true;
    for (const place of this.places.values()) {
      if (place.live && this.buckets.get(place.bucket)?.sum !== place.live.sum) place.doubted = true;
    }
  }

  /** How far live rows go, by bucket; nowhere while another epoch is on its way. @param {string} bucket */
  reached(bucket) {
    const { live, ahead } = this.places.get(bucket) ?? {};
    return live && ahead && live.epoch !== ahead.epoch ? 0 : (live?.seq ?? null);
  }

  /** Not when the disk lost that part; the next pull mends it. */
  knowsPerson() {
    return this.buckets.get(`user:${this.person}`)?.rows.has("me") ?? false;
  }

  /** Buckets that are on their way for the first time. @returns {string[]} */
  coming() {
    const pieces = [...this.places.values()].filter((place) => place.live === null && isComing(place));
    return [...pieces.map((place) => place.bucket), ...this.waits.filter((id) => !this.buckets.has(id))];
  }

  /** Whether a snapshot is on its way. */
  get isFetching() {
    return [...this.places.values()].some(isComing);
  }

  /** Whether all that is needed first is here, or laid aside whole. */
  get isSettled() {
    const coming = [...this.places.values()].filter(isComing).map(({ bucket }) => bucket);
    return ![...coming, ...this.waits].some((id) => this.isEssential(id));
  }

  /** Without it nothing is shown; the stock of other stores may come later. @param {string} id */
  isEssential(id) {
    return this.home === null || !id.startsWith("stock:") || id === `stock:${this.home}`;
  }

  /**
   * Takes in one answer to a pull that was asked with `sent`. Null when another engine has moved a cursor since: then
   * memory is built anew and the answer is forgotten. Otherwise the buckets whose rows changed before people's eyes.
   * @param {Pulled} pulled @param {Record<string, Cursor>} sent @returns {Promise<string[] | null>}
   */
  async take(pulled, sent) {
    const waiting = pulled.buckets.filter((page) => page.snapshot && "wait_ms" in page.snapshot);
    const told = { ...pulled, buckets: pulled.buckets.filter((page) => !waiting.includes(page)) };
    // A bucket that we said nothing about begins anew, whether the hub says so or not.
    told.buckets = told.buckets.map((page) => {
      const text = JSON.stringify({ puts: page.puts, gone: page.gone });
      return { ...page, text, reset: page.reset || sent[page.id] === undefined };
    });
    // Known before anything is shown: it says what is needed first.
    this.home = pulled.home ?? null;
    // Who was told of a bucket has it; what we could not ask about and are not told of is no longer for this phone.
    const known = new Set([...Object.keys(sent), ...pulled.buckets.map(({ id }) => id)]);
    if (!pulled.more)
      told.drop = [...new Set([...pulled.drop, ...[...this.places.keys()].filter((id) => !known.has(id))])];
    const coming = told.buckets.filter(({ snapshot }) => snapshot).map(({ id }) => id);
    const late = [...waiting.map(({ id }) => id), ...coming];
    told.more = pulled.more || late.some((id) => this.isEssential(id));
    const plan = this.#plan(told);
    const places = await this.database.write(STORES, (stores) => this.#store(stores, told, sent, plan), "default");
    if (places === null) {
      await this.load();
      return null;
    }
    this.places = places;
    this.waits = waiting.map(({ id }) => id);
    this.waits_ms = Math.max(0, ...waiting.map(({ snapshot }) => /** @type {any} */ (snapshot).wait_ms));
    return this.#show(told, plan);
  }

  /** Lets go of buckets, whole or on their way, in one transaction. @param {string[]} ids */
  async drop(ids) {
    await this.database.write(STORES, (stores) => dropped(stores, ids), "default");
    for (const map of [this.places, this.buckets, this.aside]) for (const id of ids) map.delete(id);
  }

  /** Whether a bucket has to be asked for again. */
  doubts() {
    return [...this.places.values()].some((place) => place.doubted && !isComing(place));
  }

  /**
   * What will happen to each bucket: what is laid aside with the new page, and whether its checksum comes out right.
   * @param {Pulled} pulled
   */
  #plan(pulled) {
    /** @type {Map<string, Planned>} */
    const plan = new Map();
    const told = new Map(pulled.buckets.map((page) => [page.id, page]));
    for (const id of new Set([...this.aside.keys(), ...told.keys()])) {
      const page = told.get(id);
      const place = this.places.get(id);
      if (page?.snapshot || (!page && place && isComing(place))) continue;
      const before = page?.reset ? undefined : this.aside.get(id);
      const pages = [...(before?.pages ?? []), ...(page ? [{ puts: page.puts, gone: page.gone }] : [])];
      const packed = before?.packed ?? null;
      const reset = page?.reset || (place?.ahead?.reset ?? false);
      const start = (reset ? null : this.buckets.get(id)) ?? new Bucket(id, packed);
      const sum = page?.sum ?? place?.ahead?.sum;
      plan.set(id, { pages, packed, reset, sound: pulled.more || start.sumAfter(pages) === sum });
    }
    return plan;
  }

  /** @param {Stores} stores @param {Pulled} pulled @param {Record<string, Cursor>} sent @param {Map<string, Planned>} plan */
  async #store(stores, pulled, sent, plan) {
    const stored = await placesIn(stores);
    const places = new Map(stored);
    for (const id of new Set([...plan.keys(), ...pulled.buckets.map((page) => page.id)])) {
      const now = stored.get(id);
      if (!same(now && cursorOf({ ...now, doubted: this.places.get(id)?.doubted }), sent[id])) return null;
    }
    for (const page of pulled.buckets) {
      const place = places.get(page.id) ?? { bucket: page.id, live: null, ahead: null };
      places.set(page.id, page.snapshot ? offered(stores, place, page) : await extended(stores, place, page));
    }
    for (const [id, place] of places) {
      const isReady = !pulled.more && place.ahead && !isComing(place);
      if (isReady) places.set(id, flipped(stores, place, this.#accepts(plan.get(id))));
    }
    await dropped(stores, pulled.drop);
    for (const id of pulled.drop) places.delete(id);
    for (const [id, place] of places) if (place !== stored.get(id)) stores("places").put(place);
    if (!pulled.more) stores("facts").put({ name: "pulled", at: pulled.now, home: this.home });
    return places;
  }

  /**
   * A whole bucket that still does not add up is shown all the same: asking again would never end.
   * @param {Planned | undefined} planned
   */
  #accepts(planned) {
    if (planned === undefined || planned.sound) return true;
    if (planned.reset) this.world.report(new Error("A bucket that was sent whole does not match its checksum."));
    return planned.reset;
  }

  /** @param {Pulled} pulled @param {Map<string, Planned>} plan */
  #show(pulled, plan) {
    const changed = [];
    for (const { id, snapshot } of pulled.buckets) {
      const kept = this.places.get(id)?.ahead?.download?.have ?? {};
      if (snapshot && Object.keys(kept).length === 0) {
        this.aside.set(id, { pages: [], packed: null, parts: new Map() });
      }
    }
    for (const [id, { pages, packed, reset, sound }] of plan) {
      if (pulled.more) {
        this.aside.set(id, { pages, packed, parts: this.aside.get(id)?.parts ?? new Map() });
        continue;
      }
      this.aside.delete(id);
      if (!sound && !reset) continue;
      const bucket = (reset ? undefined : this.buckets.get(id)) ?? new Bucket(id, packed);
      if (reset) bucket.stamp = (this.buckets.get(id)?.stamp ?? 0) + 1;
      for (const page of pages) bucket.apply(page);
      this.buckets.set(id, bucket);
      changed.push(id);
    }
    for (const id of pulled.drop) {
      this.aside.delete(id);
      if (this.buckets.delete(id)) changed.push(id);
    }
    if (!pulled.more) this.#isWhole(pulled);
    return changed;
  }

  /** @param {Pulled} pulled */
  #isWhole({ now }) {
    // What an earlier release kept of this person is not needed any more.
    if (!this.complete) forget(this.world.indexedDB, `stockhand-replica-${this.person}`);
    this.complete = true;
    this.asOf = now;
  }
}

/** @param {IDBObjectStore} store @returns {Promise<Map<any, any>>} */
async function recordsIn(store) {
  const [keys, records] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
  return new Map(keys.map((key, at) => [key, records[at]]));
}
