/** One bucket in the worker's memory: packed rows, over them the rows as they were pulled since. */

import { rowSum, shown } from "../sync/checksum.js";
import { Shelf } from "./shelf.js";

/** @typedef {{puts: [string, number, any][], gone: [string, number][]}} Page rows as they were pulled */
/** `floor`: of one who begins anew, and is not done, when they began. @typedef {{epoch: string, seq: number, sum: string, floor?: number}} Cursor */
/** @typedef {import("./packed/packed_catalogue.js").PackedCatalogue} PackedCatalogue */
/** @typedef {import("./packed/packed_stock.js").PackedStock} PackedStock */
/** What lies over the blocks; without a version the row is gone. @typedef {{version: number | undefined, row: any}} Entry */

export class Bucket {
  /** @type {Map<string, Entry>} */
  #loose = new Map();
  /** Rows over the blocks less rows under them that are gone or hidden. */
  #more = 0;
  /** Pages that nobody has asked for yet. @type {string[]} */
  #unread;
  #packed;
  #shelf;
  #a = 0;
  #b = 0;
  /** Whether the two lanes are of these rows already. */
  #isSummed = false;
  /** Grows with every change, for who keeps something made of the rows. */
  stamp = 0;

  /**
   * Pages are unpacked when first looked at: a cold start shows the transfers without having read the rest.
   * @param {string} id @param {PackedCatalogue | PackedStock | null} packed @param {string[]} unread pages in order
   */
  constructor(id, packed = null, unread = []) {
    this.#packed = packed;
    this.#unread = unread;
    this.#shelf = id.startsWith("catalogue:") ? new Shelf(/** @type {PackedCatalogue | null} */ (packed)) : null;
    this.rows = new Rows(this);
  }

  get packed() {
    return this.#packed;
  }

  /** Of a catalogue, for search. */
  get shelf() {
    this.#read();
    return this.#shelf;
  }

  get size() {
    this.#read();
    return (this.#packed?.size ?? 0) + this.#more;
  }

  /** What lies over the blocks now, for who packs it. @returns {Map<string, Entry>} */
  get loose() {
    this.#read();
    return this.#loose;
  }

  get sum() {
    return shown(...this.#lanes());
  }

  /** @param {string} key @returns {any} */
  row(key) {
    this.#read();
    const entry = this.#loose.get(key);
    if (entry !== undefined) return entry.row;
    const id = numberOf(key);
    return this.#packed === null || id === null ? undefined : this.#packed.get(id);
  }

  /** @param {string} key @returns {number | undefined} */
  version(key) {
    this.#read();
    const entry = this.#loose.get(key);
    return entry === undefined ? this.#packedVersion(key) : entry.version;
  }

  *keys() {
    this.#read();
    for (const id of this.#packed?.ids() ?? []) if (!this.#loose.has(String(id))) yield String(id);
    for (const [key, { version }] of this.#loose) if (version !== undefined) yield key;
  }

  /** @param {Page} page */
  apply(page) {
    this.#read();
    this.stamp += 1;
    this.#put(page);
  }

  /**
   * The checksum there would be after these pages, with nothing changed yet.
   * @param {Page[]} pages
   */
  sumAfter(pages) {
    /** @type {Map<string, number | undefined>} */
    const after = new Map();
    for (const { puts, gone } of pages) {
      for (const [key, version] of puts) after.set(key, version);
      for (const [key] of gone) after.set(key, undefined);
    }
    let [a, b] = this.#lanes();
    for (const [key, version] of after) {
      for (const each of [this.version(key), version]) {
        if (each === undefined) continue;
        const [one, other] = rowSum(key, each);
        a ^= one;
        b ^= other;
      }
    }
    return shown(a, b);
  }

  /**
   * Some of what lay over the blocks is in them now; what has come meanwhile stays.
   * @param {PackedCatalogue | PackedStock} packed @param {Map<string, Entry>} folded
   */
  repack(packed, folded) {
    this.#packed = packed;
    const ids = [];
    const gone = [];
    for (const [key, entry] of folded) {
      const now = this.#loose.get(key);
      if (now === entry) {
        this.#loose.delete(key);
        ids.push(Number(key));
      } else if (now === undefined && entry.version !== undefined) gone.push(key);
    }
    this.#shelf?.repack(/** @type {PackedCatalogue} */ (packed), ids);
    // Packed a moment ago, and taken away while that was going on.
    for (const key of gone) {
      this.#loose.set(key, { version: undefined, row: undefined });
      this.#shelf?.remove(Number(key));
    }
    this.#more = 0;
    for (const [key, { version }] of this.#loose) this.#more += this.#differs(key, version);
  }

  /** @returns {[number, number]} */
  #lanes() {
    this.#read();
    if (!this.#isSummed) {
      [this.#a, this.#b] = this.#packed?.lanes ?? [0, 0];
      for (const [key, { version }] of this.#loose) {
        this.#count(key, this.#packedVersion(key));
        this.#count(key, version);
      }
    }
    this.#isSummed = true;
    return [this.#a, this.#b];
  }

  #read() {
    if (this.#unread.length === 0) return;
    const unread = this.#unread;
    this.#unread = [];
    for (const text of unread) this.#put(JSON.parse(text));
  }

  /** @param {Page} page */
  #put({ puts, gone }) {
    for (const [key, version, row] of puts) {
      this.#exchange(key, { version, row });
      this.#shelf?.put(Number(key), row);
    }
    for (const [key] of gone) {
      this.#exchange(key, { version: undefined, row: undefined });
      this.#shelf?.remove(Number(key));
    }
  }

  /** @param {string} key @param {Entry} entry */
  #exchange(key, entry) {
    const before = this.version(key);
    if (this.#isSummed) {
      this.#count(key, before);
      this.#count(key, entry.version);
    }
    this.#more += Number(entry.version !== undefined) - Number(before !== undefined);
    if (entry.version === undefined && this.#packedVersion(key) === undefined) this.#loose.delete(key);
    else this.#loose.set(key, entry);
  }

  /** By how many rows more there are for what lies over a key. @param {string} key @param {number | undefined} version */
  #differs(key, version) {
    return Number(version !== undefined) - Number(this.#packedVersion(key) !== undefined);
  }

  /** XOR takes out what it put in. @param {string} key @param {number | undefined} version */
  #count(key, version) {
    if (version === undefined) return;
    const [a, b] = rowSum(key, version);
    this.#a ^= a;
    this.#b ^= b;
  }

  /** @param {string} key */
  #packedVersion(key) {
    const id = this.#packed === null ? null : numberOf(key);
    return id === null ? undefined : this.#packed?.version(id);
  }
}

/** The rows of a bucket, to be read like a Map. */
class Rows {
  #bucket;

  /** @param {Bucket} bucket */
  constructor(bucket) {
    this.#bucket = bucket;
  }

  get size() {
    return this.#bucket.size;
  }

  /** @param {string} key */
  get(key) {
    return this.#bucket.row(key);
  }

  /** @param {string} key */
  has(key) {
    return this.#bucket.version(key) !== undefined;
  }

  keys() {
    return this.#bucket.keys();
  }

  *values() {
    for (const [, row] of this) yield row;
  }

  /** @returns {IterableIterator<[string, any]>} */
  *[Symbol.iterator]() {
    for (const key of this.#bucket.keys()) yield [key, this.#bucket.row(key)];
  }
}

/** The number a key writes, as it would be written; null for any other key. @param {string} key */
export function numberOf(key) {
  const number = Number(key);
  return Number.isInteger(number) && number >= 0 && number < 2 ** 31 && String(number) === key ? number : null;
}

/**
 * Several pages in order as one that comes to the same.
 * @param {Page[]} pages @returns {Page}
 */
export function merged(pages) {
  /** @type {Map<string, [string, number, any]>} */
  const puts = new Map();
  /** @type {Map<string, [string, number]>} */
  const gone = new Map();
  for (const page of pages) {
    for (const put of page.puts) {
      puts.set(put[0], put);
      gone.delete(put[0]);
    }
    for (const tombstone of page.gone) {
      gone.set(tombstone[0], tombstone);
      puts.delete(tombstone[0]);
    }
  }
  return { puts: [...puts.values()], gone: [...gone.values()] };
}
