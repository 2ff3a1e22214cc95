/** Columns of whole numbers as a snapshot packs them; made by `server/snapshots/numbers.py`. */

/**
 * One number where all are the same.
 * @typedef {Int32Array | Float64Array | number} Numbers
 */
/** @typedef {{n: number, same: number}} Same */
/** @typedef {{n: number, how: "plain" | "rising" | "steps", first: number, least: number, most: number, fine: number, bits: number}} Coded */
/** @typedef {{n: number, values: Coded | Same, ranks: Coded | Same}} Ranked */
/** @typedef {Same | Coded | Ranked} NumbersSpec */

/** The streams of a piece, of either sort one after the other. */
export class Streams {
  #bytes;
  #plain;
  #dense;

  /** @param {Uint8Array} bytes @param {number} plain where those begin that can be compressed @param {number} dense and the others */
  constructor(bytes, plain, dense) {
    this.#bytes = bytes;
    this.#plain = plain;
    this.#dense = dense;
  }

  /** @param {number} size */
  plain(size) {
    this.#plain += size;
    return this.#bytes.subarray(this.#plain - size, this.#plain);
  }

  /** @param {number} size */
  dense(size) {
    this.#dense += size;
    return this.#bytes.subarray(this.#dense - size, this.#dense);
  }
}

/** @param {Numbers} numbers @param {number} index */
export function numberAt(numbers, index) {
  return typeof numbers === "number" ? numbers : numbers[index];
}

/**
 * @param {NumbersSpec} spec @param {Streams} streams @returns {Numbers}
 */
export function readNumbers(spec, streams) {
  if ("same" in spec) return spec.same;
  if ("values" in spec) return unranked(readNumbers(spec.values, streams), readNumbers(spec.ranks, streams), spec.n);
  const codes = decoded(spec, streams.plain(spec.n), streams.dense(spec.bits));
  if (spec.how === "plain") return spec.least === 0 ? codes : shifted(spec, codes);
  return summed(spec, codes);
}

/** @param {NumbersSpec} spec @param {Streams} streams @returns {Int32Array | Float64Array} never one number for all */
export function readEach(spec, streams) {
  const numbers = readNumbers(spec, streams);
  return typeof numbers === "number" ? roomFor(numbers, numbers, spec.n).fill(numbers) : numbers;
}

/** @param {number} least @param {number} most @param {number} n */
function roomFor(least, most, n) {
  return least >= -0x80000000 && most <= 0x7fffffff ? new Int32Array(n) : new Float64Array(n);
}

/** @param {Numbers} values @param {Numbers} ranks @param {number} n @returns {Numbers} */
function unranked(values, ranks, n) {
  if (typeof values === "number" || typeof ranks === "number") return numberAt(values, numberAt(ranks, 0));
  const numbers = values instanceof Int32Array ? new Int32Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) numbers[i] = values[ranks[i]];
  return numbers;
}

/** @param {Coded} spec @param {Int32Array | Float64Array} codes */
function shifted({ least, most, n }, codes) {
  const numbers = roomFor(least, most, n);
  for (let i = 0; i < n; i++) numbers[i] = codes[i] + least;
  return numbers;
}

/** @param {Coded} spec @param {Int32Array | Float64Array} steps */
function summed({ how, first, least, most, n }, steps) {
  const numbers = roomFor(least, most, n);
  let value = first;
  for (let i = 0; i < n; i++) {
    const step = steps[i];
    if (how === "rising") value += step;
    else value += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    numbers[i] = value;
  }
  return numbers;
}

/**
 * A mark below `2 << fine` is the number itself; above, it says how many bits are open and what stands before them.
 * @param {Coded} spec @param {Uint8Array} marks @param {Uint8Array} bits @returns {Int32Array | Float64Array}
 */
function decoded({ fine, n }, marks, bits) {
  const plain = 2 << fine;
  const tops = 1 << fine;
  let most = 0;
  for (let i = 0; i < n; i++) if (marks[i] > most) most = marks[i];
  const isLarge = most >= plain + (30 - fine) * tops;
  const codes = isLarge ? new Float64Array(n) : new Int32Array(n);
  let buffer = 0;
  let left = 0;
  let at = 0;
  /** @param {number} count at most 24 */
  const take = (count) => {
    for (; left < count; left += 8) buffer = (buffer << 8) | bits[at++];
    left -= count;
    const value = buffer >>> left;
    buffer &= (1 << left) - 1;
    return value;
  };
  for (let i = 0; i < n; i++) {
    const mark = marks[i];
    if (mark < plain) {
      codes[i] = mark;
      continue;
    }
    const open = ((mark - plain) >> fine) + 1;
    const top = tops + ((mark - plain) & (tops - 1));
    let code = top;
    for (let rest = open; rest > 0; rest -= 24) {
      const count = rest < 24 ? rest : 24;
      code = code * 2 ** count + take(count);
    }
    codes[i] = code;
  }
  return codes;
}
