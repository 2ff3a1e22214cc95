/** One bucket in the worker's memory: its rows, and the pages of a pull that has not come to its end. */

import { rowSum, shown } from "../sync/checksum.js";

/** @typedef {{puts: [string, number, any][], gone: [string, number][]}} Page rows as they were pulled */
/** `floor`: of one who begins anew, and is not done, when they began. @typedef {{epoch: string, seq: number, sum: string, floor?: number}} Cursor */

export class Bucket {
  /** @type {Map<string, any>} */
  #rows = new Map();
  /** @type {Map<string, number>} */
  #versions = new Map();
  /** Packed pages that nobody has asked for yet. @type {string[]} */
  #packed;
  #a = 0;
  #b = 0;
  /** Whether the two lanes are of these rows already. */
  #isSummed = false;
  /** Grows with every change, for who keeps something made of the rows. */
  stamp = 0;

  /**
   * Unpacked when first looked at: a cold start shows the transfers without having read ten thousand items.
   * @param {string[]} packed pages in order
   */
  constructor(packed = []) {
    this.#packed = packed;
  }

  get rows() {
    this.#unpack();
    return this.#rows;
  }

  get sum() {
    return shown(...this.#lanes());
  }

  /** @param {Page} page */
  apply(page) {
    this.#unpack();
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
      for (const each of [this.#versions.get(key), version]) {
        if (each === undefined) continue;
        const [one, other] = rowSum(key, each);
        a ^= one;
        b ^= other;
      }
    }
    return shown(a, b);
  }

  /** @returns {[number, number]} */
  #lanes() {
    this.#unpack();
    if (!this.#isSummed) for (const [key, version] of this.#versions) this.#count(key, version);
    this.#isSummed = true;
    return [this.#a, this.#b];
  }

  #unpack() {
    const packed = this.#packed;
    this.#packed = [];
    for (const text of packed) this.#put(JSON.parse(text));
  }

  /** @param {Page} page */
  #put({ puts, gone }) {
    for (const [key, version, row] of puts) {
      if (this.#isSummed) this.#exchange(key, version);
      this.#rows.set(key, row);
      this.#versions.set(key, version);
    }
    for (const [key] of gone) {
      if (this.#isSummed) this.#exchange(key, undefined);
      this.#rows.delete(key);
      this.#versions.delete(key);
    }
  }

  /** @param {string} key @param {number | undefined} version */
  #exchange(key, version) {
    const before = this.#versions.get(key);
    if (before !== undefined) this.#count(key, before);
    if (version !== undefined) this.#count(key, version);
  }

  /** XOR takes out what it put in. @param {string} key @param {number} version */
  #count(key, version) {
    const [a, b] = rowSum(key, version);
    this.#a ^= a;
    this.#b ^= b;
  }
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
