/**
 * What is scanned in a count records itself: an item some seconds after its last scan, all of them when the shelf or
 * the page is left. A number that changes later is recorded again and replaces the earlier one.
 */

import { countable } from "./scan_count.js";

/** @typedef {import("./scan_list.js").Entry} Entry */
/** @typedef {(id: string, item: string, times: number) => Promise<boolean>} Save false: it is to be tried again */

export const QUIET_MS = 3000;
const AGAIN_MS = 15_000;

/** Whether its number is not recorded yet. @param {Entry} entry */
export const isDue = ({ counted, times }) => counted?.times !== times || !counted.isDone;

/** @param {Entry[]} entries */
export const dueOf = (entries) => countable(entries).filter(isDue);

/**
 * Records a number once: without an answer it is sent again under the same id.
 * @param {Entry} entry @param {() => void} keep @param {Save} save @param {() => string} mint
 */
export async function recordOne(entry, keep, save, mint) {
  if (!isDue(entry)) return;
  const sent = stamp(entry, mint);
  keep();
  if (!(await save(sent.id, entry.item, sent.times))) return;
  sent.isDone = true;
  keep();
}

/**
 * Gives its number the id that it is sent under. Without one, a number that was sent would be taken for news later, and
 * be added to itself.
 * @param {Entry} entry @param {() => string} mint
 */
function stamp(entry, mint) {
  const { counted, times } = entry;
  if (counted?.id && counted.times === times) return counted;
  entry.counted = { id: mint(), times };
  return /** @type {{ id: string, times: number, isDone?: boolean }} */ (entry.counted);
}

/**
 * @param {{ entries(): Entry[] }} list
 * @param {{ told: () => Map<string, number>, keep: () => void, save: Save, mint: () => string,
 *   later?: (act: () => void, ms: number) => any, never?: (timer: any) => void }} world `told` are the numbers
 *   of items that were counted on this shelf before, also by another phone
 */
export function createRecorder(list, { told, keep, save, mint, later = setTimeout, never = clearTimeout }) {
  /** The number that an item's quiet time began with. @type {Map<Entry, { times: number, timer: any }>} */
  const quiet = new Map();
  /** One after the other: the last one told is the one that stands. */
  let line = Promise.resolve();
  let isClosed = false;

  /** @param {Entry} entry */
  const record = (entry) => {
    never(quiet.get(entry)?.timer);
    line = line.then(async () => {
      // Taken back, or by another code of the same item counted there.
      if (!list.entries().includes(entry)) return;
      await recordOne(entry, keep, save, mint);
      if (isDue(entry)) wait(entry, AGAIN_MS);
    });
    return line;
  };
  const wait = (/** @type {Entry} */ entry, /** @type {number} */ ms) => {
    never(quiet.get(entry)?.timer);
    if (isClosed) return;
    quiet.set(entry, { times: entry.times, timer: later(() => record(entry), ms) });
  };
  return {
    /** Something was scanned, answered, typed or taken back. */
    noticed() {
      for (const entry of countable(list.entries())) {
        if (!entry.counted) addToTold(entry, told());
        if (isDue(entry) && quiet.get(entry)?.times !== entry.times) wait(entry, QUIET_MS);
      }
    },
    /** Records all of it now. @returns {Promise<number>} how many are left */
    async flush() {
      const due = dueOf(list.entries());
      // Written down before anything is waited for: the page may be gone by then.
      for (const entry of due) stamp(entry, mint);
      if (due.length > 0) keep();
      await Promise.all(due.map(record));
      return dueOf(list.entries()).length;
    },
    /** Nothing is tried again from here. */
    close() {
      isClosed = true;
      for (const { timer } of quiet.values()) never(timer);
    },
  };
}

/** What was counted here before goes on from its number. @param {Entry} entry @param {Map<string, number>} told */
function addToTold(entry, told) {
  const before = told.get(entry.item);
  if (before === undefined) return;
  entry.counted = { id: "", times: before, isDone: true };
  entry.times += before;
}
