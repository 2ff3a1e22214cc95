/** Sorts rows by their keys, some characters at a time, through the browser's own sort of numbers. */

/** Key after key in UTF-16 units; that of a row ends at `ends[row]`. @typedef {{units: Uint16Array, ends: Uint32Array}} Keys */

// What is exact in 53 bits: some characters above, the row below.
const ROWS = 2 ** 22;
const ROOM = 2 ** 31;
const FEW = 24;

// So many rows are sorted before others may do something.
const ROWS_A_STEP = 20_000;

/**
 * Rows in the order of their keys by UTF-16 unit, rows of one key in that of their ids.
 * @param {Keys} keys @param {ArrayLike<number>} ids @param {() => Promise<void>} breathe @returns {Promise<Int32Array>}
 */
export async function inOrder(keys, ids, breathe) {
  const steps = sorted(keys, ids);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await breathe();
  }
}

/** @param {Keys} keys @param {ArrayLike<number>} ids @returns {Generator<void, Int32Array>} */
function* sorted({ units, ends }, ids) {
  const rows = new Int32Array(ids.length);
  for (let row = 0; row < rows.length; row += 1) rows[row] = row;
  const numbers = new Float64Array(ids.length);
  const signs = mostOf(units) + 2;
  const width = Math.max(1, Math.floor(Math.log(ROOM) / Math.log(signs)));
  /** Ranges still to be sorted: from, to, how many characters are alike already. @type {number[]} */
  const due = [0, rows.length, 0];
  let worked = 0;
  while (due.length > 0) {
    const [depth, to, from] = [due.pop() ?? 0, due.pop() ?? 0, due.pop() ?? 0];
    worked += to - from;
    if (worked > ROWS_A_STEP) {
      worked = 0;
      yield;
    }
    if (to - from <= FEW) {
      insert(rows, from, to, depth, units, ends, ids);
      continue;
    }
    for (let place = from; place < to; place += 1) {
      const row = rows[place];
      let number = 0;
      const start = (row > 0 ? ends[row - 1] : 0) + depth;
      for (let at = start; at < start + width; at += 1) number = number * signs + (at < ends[row] ? units[at] + 1 : 0);
      numbers[place] = number * ROWS + row;
    }
    numbers.subarray(from, to).sort();
    for (let place = from; place < to; place += 1) rows[place] = numbers[place] % ROWS;
    alike(numbers, from, to, (first, end, prefix) => {
      // Where the last of them is the end, nothing but the id tells the rows apart.
      if (prefix % signs === 0) rows.subarray(first, end).sort((one, other) => ids[one] - ids[other]);
      else due.push(first, end, depth + width);
    });
  }
  return rows;
}

/** @param {Uint16Array} units */
function mostOf(units) {
  let most = 0;
  for (let at = 0; at < units.length; at += 1) if (units[at] > most) most = units[at];
  return most;
}

/**
 * @param {Float64Array} numbers @param {number} from @param {number} to
 * @param {(first: number, end: number, prefix: number) => void} found
 */
function alike(numbers, from, to, found) {
  let first = from;
  let prefix = Math.floor(numbers[from] / ROWS);
  for (let place = from + 1; place <= to; place += 1) {
    const next = place < to ? Math.floor(numbers[place] / ROWS) : -1;
    if (next === prefix) continue;
    if (place - first > 1) found(first, place, prefix);
    first = place;
    prefix = next;
  }
}

/**
 * @param {Int32Array} rows @param {number} from @param {number} to @param {number} depth
 * @param {Uint16Array} units @param {Uint32Array} ends @param {ArrayLike<number>} ids
 */
function insert(rows, from, to, depth, units, ends, ids) {
  for (let place = from + 1; place < to; place += 1) {
    const row = rows[place];
    let before = place - 1;
    while (before >= from && isAfter(rows[before], row, depth, units, ends, ids)) {
      rows[before + 1] = rows[before];
      before -= 1;
    }
    rows[before + 1] = row;
  }
}

/**
 * @param {number} one @param {number} other @param {number} depth
 * @param {Uint16Array} units @param {Uint32Array} ends @param {ArrayLike<number>} ids
 */
function isAfter(one, other, depth, units, ends, ids) {
  let mine = (one > 0 ? ends[one - 1] : 0) + depth;
  let theirs = (other > 0 ? ends[other - 1] : 0) + depth;
  while (mine < ends[one] && theirs < ends[other] && units[mine] === units[theirs]) {
    mine += 1;
    theirs += 1;
  }
  const [isOver, isTheirsOver] = [mine >= ends[one], theirs >= ends[other]];
  if (isOver && isTheirsOver) return ids[one] > ids[other];
  return isOver || isTheirsOver ? isTheirsOver : units[mine] > units[theirs];
}
