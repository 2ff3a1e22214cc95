/**
 * What was scanned in this visit, newest first, without a screen: codes counted, items merged, the last scan taken back.
 */

/**
 * @typedef {{ id: number, codes: string[], item: string, outcome: string, times: number, card: string }} Entry
 *   `outcome` is "waiting" until the look-up answered; `card` is the markup of the answer; `item` is "" when none is known.
 * @typedef {{ item: string, outcome: string, card: string }} Answer
 * @typedef {"new" | "again" | "unknown" | "not-ranged" | "waiting"} Feedback
 * @typedef {{ code: string, times: number }} Scan
 * @typedef {{ lastId: number, entries: Entry[], history: (Scan | string)[] }} SavedList `history` of an older page is codes alone
 */

const KEPT_ENTRIES = 100;
const KEPT_HISTORY = 200;

/** @param {SavedList} [saved] */
export function createScanList(saved = { lastId: 0, entries: [], history: [] }) {
  let { lastId } = saved;
  /** @type {Entry[]} */
  let entries = [...saved.entries];
  let history = saved.history.map((scan) => (typeof scan === "string" ? { code: scan, times: 1 } : scan));

  /** @param {Entry} entry */
  const toTop = (entry) => {
    entries = [entry, ...entries.filter((other) => other !== entry)].slice(0, KEPT_ENTRIES);
  };
  /** @param {string} code */
  const holderOf = (code) => entries.find((entry) => entry.codes.includes(code));

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
      const held = holderOf(code);
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

    /** Takes the last scan back; null when there is none. */
    undo() {
      const last = history.at(-1);
      if (last === undefined) return null;
      history = history.slice(0, -1);
      const entry = holderOf(last.code);
      if (!entry) return null;
      entry.times -= last.times;
      if (entry.times <= 0) entries = entries.filter((other) => other !== entry);
      return entry;
    },

    clear() {
      entries = [];
      history = [];
    },
  };
}

/** @param {Entry} entry @returns {Feedback} */
function feedbackFirst({ outcome }) {
  if (outcome === "found") return "new";
  return outcome === "not-ranged" ? "not-ranged" : "unknown";
}

// A second scan of something unknown must not sound like a success.
/** @param {Entry} entry @returns {Feedback} */
function feedbackAgain(entry) {
  return entry.outcome === "found" || entry.outcome === "waiting" ? "again" : feedbackFirst(entry);
}
