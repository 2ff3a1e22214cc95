/** One bucket in the worker's memory: its rows, and the pages of a pull that has not come to its end. */

import { rowSum, shown } from "../sync/checksum.js";

/** @typedef {{puts: [string, number, any][], gone: [string, number][]}} Page rows as they were pulled */
/** @typedef {{epoch: string, seq: number, sum: string}} Cursor */

export class Bucket {
  /** @type {Map<string, any>} */
  rows = new Map();
  /** @type {Map<string, number>} */
  #versions = new Map();
  #a = 0;
  #b = 0;
  /** Grows with every change, for who keeps something made of the rows. */
  stamp = 0;

  get sum() {
    return shown(this.#a, this.#b);
  }

  /** @param {Page} page */
  apply({ puts, gone }) {
    this.stamp += 1;
    for (const [key, version, row] of puts) {
      this.#count(key);
      this.rows.set(key, row);
      this.#versions.set(key, version);
      this.#count(key);
    }
    for (const [key] of gone) {
      this.#count(key);
      this.rows.delete(key);
      this.#versions.delete(key);
    }
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
    let [a, b] = [this.#a, this.#b];
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

  /** All rows as one page. @returns {Page} */
  whole() {
    const puts = [...this.rows].map(
      ([key, row]) => /** @type {[string, number, any]} */ ([key, this.#versions.get(key), row]),
    );
    return { puts, gone: [] };
  }

  /** XOR takes out what it put in. @param {string} key */
  #count(key) {
    const version = this.#versions.get(key);
    if (version === undefined) return;
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
