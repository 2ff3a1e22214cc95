/**
 * A QR code (ISO/IEC 18004) of a short text such as an address, as rows of dark and light; twin of `qr.py`.
 *
 * Byte mode, error correction M, versions 1 to 6, which hold 106 bytes: what a label has room for and nothing beyond.
 */

// By version: bytes of text and head together in one block, blocks, bytes that correct a block.
const SIZES = [
  [16, 1, 10],
  [28, 1, 16],
  [44, 1, 26],
  [32, 2, 18],
  [43, 2, 24],
  [27, 4, 16],
];
/** @type {((row: number, column: number) => boolean)[]} */
const MASKS = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];
const FINDER_LIKE = ["10111010000", "00001011101"];

/** @typedef {number[][]} Grid */

/**
 * One text of `1` (dark) and `0` a row, without the quiet zone of 4 modules; null where the text does not fit.
 * @param {string} text @returns {string[] | null}
 */
export function qrRows(text) {
  const content = bytesOf(text);
  const version = SIZES.findIndex(([length, blocks]) => content.length + 2 <= length * blocks) + 1;
  if (version === 0) return null;
  const bits = codewords(content, version)
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  let best = masked(version, bits, 0);
  let least = penalty(best);
  for (let mask = 1; mask < 8; mask++) {
    const drawn = masked(version, bits, mask);
    const points = penalty(drawn);
    if (points < least) [best, least] = [drawn, points];
  }
  return best;
}

/** UTF-8, which neither a browser's nor a language's own encoder is needed for. @param {string} text */
function bytesOf(text) {
  return [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|[^%]/g)].map(([letter, hex]) =>
    hex === undefined ? letter.charCodeAt(0) : Number.parseInt(hex, 16),
  );
}

/** @param {number[]} content @param {number} version */
function codewords(content, version) {
  const [length, blocks, correcting] = SIZES[version - 1];
  // Mode 4 (bytes), how many, the bytes, four bits of end: written half a byte off.
  const halves = [4, content.length >> 4, content.length & 15];
  for (const byte of content) halves.push(byte >> 4, byte & 15);
  halves.push(0);
  /** @type {number[]} */
  const data = [];
  for (let place = 0; place < halves.length; place += 2) data.push((halves[place] << 4) | halves[place + 1]);
  for (let place = 0; data.length < length * blocks; place++) data.push(place % 2 === 0 ? 0xec : 0x11);
  const parts = Array.from({ length: blocks }, (_, place) => data.slice(place * length, (place + 1) * length));
  const corrections = parts.map((part) => correction(part, correcting));
  return [...interleaved(parts, length), ...interleaved(corrections, correcting)];
}

/** @param {number[][]} parts @param {number} length */
function interleaved(parts, length) {
  return Array.from({ length }, (_, place) => parts.map((part) => part[place])).flat();
}

/**
 * The remainder of the bytes divided by the generator of Reed and Solomon, over the field of 256 elements.
 * @param {number[]} data @param {number} count
 */
function correction(data, count) {
  let generator = [1];
  let root = 1;
  for (let step = 0; step < count; step++) {
    const shifted = [...generator, 0];
    for (const [place, factor] of generator.entries()) shifted[place + 1] ^= times(factor, root);
    generator = shifted;
    root = times(root, 2);
  }
  const rest = [...data, ...new Array(count).fill(0)];
  for (let place = 0; place < data.length; place++) {
    const factor = rest[place];
    for (const [step, part] of generator.entries()) rest[place + step] ^= times(part, factor);
  }
  return rest.slice(data.length);
}

/** @param {number} one @param {number} other */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/**
 * The whole symbol with one mask. In the empty grid 2 marks what the bits fill.
 * @param {number} version @param {string} bits @param {number} mask
 */
function masked(version, bits, mask) {
  const grid = empty(version);
  format(grid, mask);
  const size = grid.length;
  let place = 0;
  const rights = [];
  for (let right = size - 1; right > 6; right -= 2) rights.push(right);
  for (const [pair, right] of [...rights, 5, 3, 1].entries()) {
    for (let step = 0; step < size; step++) {
      const row = pair % 2 === 0 ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== 2) continue;
        // What no bit is left for stays light before the mask.
        const bit = place < bits.length && bits[place] === "1";
        grid[row][column] = Number(bit !== MASKS[mask](row, column));
        place += 1;
      }
    }
  }
  return grid.map((row) => row.join(""));
}

/** @param {number} version @returns {Grid} */
function empty(version) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => new Array(size).fill(2));
  finder(grid, 0, 0);
  finder(grid, 0, size - 7);
  finder(grid, size - 7, 0);
  for (let place = 8; place < size - 8; place++) grid[6][place] = grid[place][6] = 1 - (place % 2);
  for (let row = -2; version > 1 && row <= 2; row++) {
    for (let column = -2; column <= 2; column++) {
      grid[size - 7 + row][size - 7 + column] = Number(Math.max(Math.abs(row), Math.abs(column)) !== 1);
    }
  }
  return grid;
}

/** @param {Grid} grid @param {number} top @param {number} left */
function finder(grid, top, left) {
  for (let row = -1; row < 8; row++) {
    for (let column = -1; column < 8; column++) {
      const isInside = grid[top + row]?.[left + column] !== undefined;
      const ring = Math.max(Math.abs(row - 3), Math.abs(column - 3));
      if (isInside) grid[top + row][left + column] = Number(ring !== 2 && ring !== 4);
    }
  }
}

/**
 * Level M (00) and the mask, corrected by a BCH code, beside the finders; and the one module that is always dark.
 * @param {Grid} grid @param {number} mask
 */
function format(grid, mask) {
  let rest = mask << 10;
  for (let bit = 14; bit >= 10; bit--) if ((rest >> bit) & 1) rest ^= 0x537 << (bit - 10);
  const pattern = ((mask << 10) | rest) ^ 0x5412;
  const size = grid.length;
  const around = [0, 1, 2, 3, 4, 5, 7, 8];
  for (let bit = 0; bit < 15; bit++) {
    const dark = (pattern >> bit) & 1;
    if (bit < 8) grid[around[bit]][8] = grid[8][size - 1 - bit] = dark;
    else grid[8][around[14 - bit]] = grid[size - 15 + bit][8] = dark;
  }
  grid[size - 8][8] = 1;
}

/** How hard a symbol would be to read, by the four features of the standard; the mask with the least is taken. @param {string[]} rows */
function penalty(rows) {
  const columns = [...rows[0]].map((_, place) => rows.map((row) => row[place]).join(""));
  let points = [...rows, ...columns].reduce((sum, line) => sum + runs(line), 0);
  for (let row = 0; row < rows.length - 1; row++) {
    for (let column = 0; column < rows.length - 1; column++) {
      const square = rows[row].slice(column, column + 2) + rows[row + 1].slice(column, column + 2);
      if (square === "0000" || square === "1111") points += 3;
    }
  }
  const share = rows.join("").replaceAll("0", "").length * 100;
  const whole = rows.length * rows.length;
  // Every full step of five percent away from half dark.
  return points + Math.floor(Math.abs(2 * share - 100 * whole) / (10 * whole)) * 10;
}

/** @param {string} line */
function runs(line) {
  let points = 0;
  let length = 0;
  for (let place = 0; place < line.length; place++) {
    length = place > 0 && line[place] === line[place - 1] ? length + 1 : 1;
    if (length >= 5) points += length === 5 ? 3 : 1;
    if (FINDER_LIKE.includes(line.slice(place, place + 11))) points += 40;
  }
  return points;
}
