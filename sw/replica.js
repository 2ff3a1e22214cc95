/**
 * What the hub has told one person's phone: buckets of rows, never written by this phone, disposable.
 *
 * Kept as packed pages, one record a pulled page of a bucket, and whole in memory. A pull of several answers is laid
 * aside (`ahead`) until its last one, which was read in one snapshot of the hub: then one short transaction flips all
 * cursors. So no line is ever seen without its header, and a worker killed in the middle goes on where it was.
 */

import { Bucket } from "./bucket.js";
import { answer, Database } from "./databases.js";
import { folded } from "./folding.js";

/** @typedef {import("./bucket.js").Cursor} Cursor */
/** @typedef {import("./bucket.js").Page} Page */
/** @typedef {Cursor & {pages: number[]}} Held `pages`: keys of the packed pages, in order */
/** `doubted` asks the hub for the whole bucket again. @typedef {{bucket: string, live: Held | null, ahead: (Held & {reset: boolean, floor: number}) | null, doubted?: boolean}} Place */
/** @typedef {Page & {id: string, epoch: string, from: number, to: number, sum: string, reset?: boolean, floor?: number}} PulledPage */
/** @typedef {{person: number, buckets: PulledPage[], drop: string[], more: boolean, now: number, last_n: number}} Pulled */
/** @typedef {import("./databases.js").Stores} Stores */

const STORES = ["pages", "places", "facts"];

export class Replica {
  /** Live rows by bucket. @type {Map<string, Bucket>} */
  buckets = new Map();
  /** @type {Map<string, Place>} */
  places = new Map();
  /** Pages laid aside, by bucket. @type {Map<string, Page[]>} */
  #aside = new Map();
  #isVerified = false;
  /** Whether a pull has come to its end once, and when the last one did (hub's clock). */
  complete = false;
  /** @type {number | null} */
  asOf = null;

  /** @param {import("./surroundings.js").Surroundings} world @param {number} person */
  constructor(world, person) {
    this.world = world;
    this.person = person;
    this.database = new Database(world.indexedDB, `stockhand-replica-${person}`, build);
  }

  /** Builds the memory anew from what is stored. */
  async load() {
    const [keys, texts, places, facts] = await this.database.read(STORES, async (stores) => [
      await answer(stores("pages").getAllKeys()),
      await answer(stores("pages").getAll()),
      await answer(stores("places").getAll()),
      await answer(stores("facts").getAll()),
    ]);
    const pages = new Map(keys.map((key, index) => [key, texts[index]]));
    const packed = (/** @type {Held} */ held) => held.pages.flatMap((key) => pages.get(key) ?? []);
    this.places = new Map(places.map((place) => [place.bucket, place]));
    this.buckets = new Map();
    this.#aside = new Map();
    for (const place of this.places.values()) {
      if (place.live) this.buckets.set(place.bucket, new Bucket(packed(place.live)));
      if (place.ahead)
        this.#aside.set(
          place.bucket,
          packed(place.ahead).map((text) => JSON.parse(text)),
        );
    }
    this.#isVerified = false;
    const pulled = facts.find((fact) => fact.name === "pulled");
    this.complete = pulled !== undefined;
    this.asOf = pulled?.at ?? null;
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

  /** Once after the memory was built, and not while a page waits for it. */
  #verify() {
    this.#isVerified = true;
    for (const place of this.places.values()) {
      if (place.live && this.buckets.get(place.bucket)?.sum !== place.live.sum) place.doubted = true;
    }
  }

  /** How far live rows go, by bucket. @param {string} bucket */
  reached(bucket) {
    return this.places.get(bucket)?.live?.seq ?? null;
  }

  /** Not when the disk lost that part; the next pull mends it. */
  knowsPerson() {
    return this.buckets.get(`user:${this.person}`)?.rows.has("me") ?? false;
  }

  /** How many rows the first download has brought. */
  rows() {
    let count = 0;
    for (const pages of this.#aside.values()) for (const page of pages) count += page.puts.length;
    return count;
  }

  /**
   * Takes in one answer to a pull that was asked with `sent`. Null when another engine has moved a cursor since: then
   * memory is built anew and the answer is forgotten. Otherwise the buckets whose rows changed before people's eyes.
   * @param {Pulled} pulled @param {Record<string, Cursor>} sent @returns {Promise<string[] | null>}
   */
  async take(pulled, sent) {
    // A bucket that we said nothing about begins anew, whether the hub says so or not.
    const buckets = pulled.buckets.map((page) => ({ ...page, reset: page.reset || sent[page.id] === undefined }));
    const told = { ...pulled, buckets };
    const texts = buckets.map(({ puts, gone }) => JSON.stringify({ puts, gone }));
    const plan = this.#plan(told);
    const places = await this.database.write(
      STORES,
      (stores) => this.#store(stores, told, sent, texts, plan),
      "default",
    );
    if (places === null) {
      await this.load();
      return null;
    }
    this.places = places;
    return await this.#show(told, plan);
  }

  /** Whether a bucket has to be asked for again. */
  doubts() {
    return [...this.places.values()].some((place) => place.doubted);
  }

  /**
   * What will happen to each bucket: its pages laid aside with the new one, and whether its checksum comes out right.
   * @param {Pulled} pulled
   */
  #plan(pulled) {
    /** @type {Map<string, {pages: Page[], reset: boolean, sound: boolean}>} */
    const plan = new Map();
    const names = new Set([...this.#aside.keys(), ...pulled.buckets.map((page) => page.id)]);
    for (const id of names) {
      const page = pulled.buckets.find((one) => one.id === id);
      const before = page?.reset ? [] : (this.#aside.get(id) ?? []);
      const pages = page ? [...before, { puts: page.puts, gone: page.gone }] : before;
      const reset = page?.reset || (this.places.get(id)?.ahead?.reset ?? false);
      const start = (reset ? null : this.buckets.get(id)) ?? new Bucket();
      const sum = page?.sum ?? this.places.get(id)?.ahead?.sum;
      plan.set(id, { pages, reset, sound: pulled.more || start.sumAfter(pages) === sum });
    }
    return plan;
  }

  /**
   * @param {Stores} stores @param {Pulled} pulled @param {Record<string, Cursor>} sent @param {string[]} texts
   * @param {Map<string, {reset: boolean, sound: boolean}>} plan
   */
  async #store(stores, pulled, sent, texts, plan) {
    /** @type {Map<string, Place>} */
    const stored = new Map((await answer(stores("places").getAll())).map((place) => [place.bucket, place]));
    const places = new Map(stored);
    for (const id of plan.keys()) {
      const now = stored.get(id);
      if (!same(now && cursorOf({ ...now, doubted: this.places.get(id)?.doubted }), sent[id])) return null;
    }
    for (const [index, page] of pulled.buckets.entries()) {
      const place = places.get(page.id) ?? { bucket: page.id, live: null, ahead: null };
      const begun = { pages: [], reset: page.reset ?? false, floor: page.floor ?? 0 };
      const kept = place.ahead && !page.reset ? place.ahead : begun;
      if (place.ahead && page.reset) letGo(stores, place.ahead.pages);
      const key = /** @type {number} */ (await answer(stores("pages").add(texts[index])));
      const { epoch, to: seq, sum } = page;
      places.set(page.id, { ...place, ahead: { ...kept, epoch, seq, sum, pages: [...kept.pages, key] } });
    }
    for (const [id, place] of places) {
      if (!pulled.more && place.ahead) places.set(id, flipped(stores, place, this.#accepts(plan.get(id))));
    }
    for (const id of pulled.drop) {
      letGo(stores, [...(places.get(id)?.live?.pages ?? []), ...(places.get(id)?.ahead?.pages ?? [])]);
      places.delete(id);
      stores("places").delete(id);
    }
    for (const [id, place] of places) if (place !== stored.get(id)) stores("places").put(place);
    if (!pulled.more) stores("facts").put({ name: "pulled", at: pulled.now });
    return places;
  }

  /**
   * A whole bucket that still does not add up is shown all the same: asking again would never end.
   * @param {{reset: boolean, sound: boolean} | undefined} planned
   */
  #accepts(planned) {
    if (planned === undefined || planned.sound) return true;
    if (planned.reset) this.world.report(new Error("A bucket that was sent whole does not match its checksum."));
    return planned.reset;
  }

  /** @param {Pulled} pulled @param {Map<string, {pages: Page[], reset: boolean, sound: boolean}>} plan */
  async #show(pulled, plan) {
    const changed = [];
    for (const [id, { pages, reset, sound }] of plan) {
      if (pulled.more) {
        this.#aside.set(id, pages);
        continue;
      }
      this.#aside.delete(id);
      if (!sound && !reset) continue;
      const bucket = (reset ? undefined : this.buckets.get(id)) ?? new Bucket();
      if (reset) bucket.stamp = (this.buckets.get(id)?.stamp ?? 0) + 1;
      for (const page of pages) bucket.apply(page);
      this.buckets.set(id, bucket);
      changed.push(id);
    }
    for (const id of pulled.drop) {
      this.#aside.delete(id);
      if (this.buckets.delete(id)) changed.push(id);
    }
    if (!pulled.more) {
      this.complete = true;
      this.asOf = pulled.now;
      for (const id of changed) await folded(this, id);
    }
    return changed;
  }
}

/** @param {Place} place @returns {Cursor | null} */
function cursorOf({ live, ahead, doubted }) {
  const held = ahead ?? (doubted ? null : live);
  // What is told from the beginning goes on below the floor of today.
  return held && { epoch: held.epoch, seq: held.seq, sum: held.sum, ...(ahead?.floor ? { floor: ahead.floor } : {}) };
}

/** @param {Cursor | null | undefined} one @param {Cursor | undefined} other */
function same(one, other) {
  return one?.epoch === other?.epoch && one?.seq === other?.seq;
}

/** @param {Stores} stores @param {Place} place @param {boolean} accepted @returns {Place} */
function flipped(stores, { bucket, live, ahead }, accepted) {
  if (!ahead) return { bucket, live, ahead };
  if (!accepted) {
    letGo(stores, ahead.pages);
    return { bucket, live, ahead: null, doubted: true };
  }
  const { reset, floor: _begun, ...held } = ahead;
  if (reset) letGo(stores, live?.pages ?? []);
  return { bucket, live: reset ? held : { ...held, pages: [...(live?.pages ?? []), ...held.pages] }, ahead: null };
}

/** @param {Stores} stores @param {number[]} pages */
function letGo(stores, pages) {
  for (const key of pages) stores("pages").delete(key);
}

/** @param {IDBDatabase} handle */
function build(handle) {
  handle.createObjectStore("pages", { autoIncrement: true });
  handle.createObjectStore("places", { keyPath: "bucket" });
  handle.createObjectStore("facts", { keyPath: "name" });
}
