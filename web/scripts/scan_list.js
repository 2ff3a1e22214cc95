/**
 * What was scanned in this visit, newest first, without a screen: codes counted, items merged, the last scan taken back.
 */

/**
 * @typedef {{ id: number, codes: string[], item: string, outcome: string, times: number, card: string,
 *   counted?: { id: string, times: number, isDone?: boolean } }} Entry `counted` is the count of it that was sent last
 *   `outcome` is "waiting" until the look-up answered; `card` is the markup of the answer; `item` is "" when none is known.
 * @typedef {{ item: string, outcome: string, card: string }} Answer
 * @typedef {"new" | "again" | "unknown" | "not-ranged" | "waiting" | "over" | "stray"} Feedback
 * @typedef {{ code: string, times: number, gone?: Entry }} Scan `gone` is what a number that was set to nought took away
 * @typedef {{ lastId: number, entries: Entry[], history: (Scan | string)[] }} SavedList `history` of an older page is codes alone
 */

const KEPT_ENTRIES = 100;
const KEPT_HISTORY = 200;

/** @param {Entry[]} entries @param {string} code */
const holderOf = (entries, code) => entries.find((entry) => entry.codes.includes(code));

const EMPTY = { lastId: 0, entries: [], history: [] };

/**
 * @param {SavedList} [saved]
 * @param {boolean} [isCount] whether the numbers are what eyes saw: then none is dropped, and nought is a number too
 */
export function createScanList(saved = EMPTY, isCount = false) {
  let { lastId } = saved;
  /** @type {Entry[]} */
  let entries = [...saved.entries];
  let history = saved.history.map((scan) => (typeof scan === "string" ? { code: scan, times: 1 } : scan));

  /** @param {Entry} entry */
  const toTop = (entry) => {
    entries = [entry, ...entries.filter((other) => other !== entry)];
    if (!isCount) entries = entries.slice(0, KEPT_ENTRIES);
  };

  /** Takes off what is none any more, unless somebody was told of it. @param {Entry} entry */
  const settle = (entry) => {
    if (isCount) entry.times = Math.max(entry.times, 0);
    if (entry.times <= 0 && !(isCount && entry.counted)) entries = entries.filter((other) => other !== entry);
  };

  return {
    entries: () => entries,
    canUndo: () => history.length > 0,
    /** What was scanned, the newest last. */
    codes: () => history.map(({ code }) => code),
    /** @returns {SavedList} */
    saved: () => ({ lastId, entries, history }),

    /**
     * Counts a scan before anything is known of it.
     * @param {string} code
     * @param {number} [times]
     * @returns {{ entry: Entry, isNew: boolean, feedback: Feedback }}
     */
    capture(code, times = 1) {
      const held = holderOf(entries, code);
      lastId += held ? 0 : 1;
      const entry = held ?? { id: lastId, codes: [code], item: "", outcome: "waiting", times: 0, card: "" };
      entry.times += times;
      toTop(entry);
      history = [...history, { code, times }].slice(-KEPT_HISTORY);
      return { entry, isNew: !held, feedback: held ? feedbackAgain(entry) : "waiting" };
    },

    /**
     * Takes the answer of a look-up. Two codes of one item become one entry. Null: the scan was undone meanwhile.
     * @param {number} id
     * @param {Answer} answer
     * @returns {{ entry: Entry, feedback: Feedback } | null}
     */
    answered(id, answer) {
      const entry = entries.find((candidate) => candidate.id === id);
      if (!entry) return null;
      const isFirst = entry.outcome === "waiting";
      const twin =
        answer.item === "" ? undefined : entries.find((other) => other !== entry && other.item === answer.item);
      if (twin) {
        entries = entries.filter((other) => other !== entry);
        twin.times += entry.times;
        twin.codes.push(...entry.codes);
        toTop(twin);
      }
      const kept = Object.assign(twin ?? entry, answer);
      return { entry: kept, feedback: twin || !isFirst ? feedbackAgain(kept) : feedbackFirst(kept) };
    },

    /** Somebody says how many there are; nought takes the entry off. @param {number} id @param {number} times */
    setTimes(id, times) {
      const entry = entries.find((candidate) => candidate.id === id);
      if (!entry || times === entry.times) return;
      const change = { code: entry.codes[0], times: times - entry.times };
      entry.times = times;
      // Somebody who counts and types nought has seen that there is none.
      if (!isCount) settle(entry);
      history = [...history, times === 0 ? { ...change, gone: entry } : change].slice(-KEPT_HISTORY);
    },

    /** An item that was counted before comes back with its number. @param {string} code @param {string} item @param {number} times */
    recall(code, item, times) {
      const held = entries.find((entry) => entry.item === item);
      lastId += held ? 0 : 1;
      const counted = { id: "", times, isDone: true };
      const entry = held ?? { id: lastId, codes: [code], item, outcome: "found", times, card: "", counted };
      toTop(entry);
      return entry;
    },

    /** Takes the last scan, or the last number that was set, back; null when there is none. */
    undo() {
      const last = history.at(-1);
      if (last === undefined) return null;
      history = history.slice(0, -1);
      const held = holderOf(entries, last.code);
      const entry = held ?? last.gone;
      if (!entry) return null;
      if (!held) toTop(entry);
      entry.times -= last.times;
      settle(entry);
      return entry;
    },

    /**
     * Its number is written down elsewhere: neither it nor its scans are this list's any more.
     * @param {number} id
     */
    takeOff(id) {
      const gone = entries.find((entry) => entry.id === id);
      entries = entries.filter((entry) => entry !== gone);
      history = history.filter(({ code }) => !gone?.codes.includes(code));
    },
  };
}

/** @param {Entry} entry @returns {Feedback} */
function feedbackFirst({ outcome }) {
  if (outcome === "found" || outcome === "paper") return "new";
  return outcome === "not-ranged" ? "not-ranged" : "unknown";
}

// A second scan of something unknown must not sound like a success.
/** @param {Entry} entry @returns {Feedback} */
function feedbackAgain(entry) {
  return ["found", "paper", "waiting"].includes(entry.outcome) ? "again" : feedbackFirst(entry);
}
