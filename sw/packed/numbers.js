/** Columns of whole numbers, each as narrow as what it holds. */

/** One number for every row, or a number a row. @typedef {number | Uint8Array | Int16Array | Int32Array | Float64Array} Column */

/** @param {ArrayLike<number>} numbers @returns {Column} */
export function narrow(numbers) {
  let [least, most] = [0, 0];
  let isSame = true;
  for (let row = 0; row < numbers.length; row += 1) {
    const number = numbers[row];
    if (number < least) least = number;
    if (number > most) most = number;
    isSame &&= number === numbers[0];
  }
  if (isSame) return numbers.length > 0 ? numbers[0] : 0;
  if (least >= 0 && most < 2 ** 8) return Uint8Array.from(numbers);
  if (least >= -(2 ** 15) && most < 2 ** 15) return Int16Array.from(numbers);
  if (least >= -(2 ** 31) && most < 2 ** 31) return Int32Array.from(numbers);
  return Float64Array.from(numbers);
}

/** @param {Column} column @param {number} row */
export function at(column, row) {
  return typeof column === "number" ? column : column[row];
}

/**
 * The place of the first number that is not below `wanted`, in ascending ones.
 * @param {ArrayLike<number>} numbers @param {number} wanted
 */
export function placeOf(numbers, wanted) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Spreads what a text or a number is over 31 bits. @param {number} hash */
export function mixed(hash) {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 1;
}

/** @param {number} gtin up to 14 digits */
export function gtinHash(gtin) {
  return mixed(Math.imul(gtin % 0x1000000, 0x9e3779b1) ^ Math.floor(gtin / 0x1000000));
}

/** @param {string} text */
export function textHash(text) {
  let hash = 0;
  for (let place = 0; place < text.length; place += 1) hash = step(hash, text.charCodeAt(place));
  return mixed(hash);
}

/** One unit more of a text whose hash is made as it is read. @param {number} hash @param {number} unit */
export function step(hash, unit) {
  return Math.imul(hash ^ unit, 0x01000193) + 0x9e37;
}
