/**
 * Tells a hardware scanner that types (a keyboard wedge) from fingers, by rhythm alone: a scanner sends its keys at most
 * 80 ms apart and 45 ms on average and ends with Enter or Tab; fast fingers need 60 ms or more a key over a whole code.
 * Nothing is held back: every key also goes where it would have gone, and only the closing key may be taken.
 */

/**
 * @typedef {{ key: string, atMs: number, isRepeat?: boolean, hasCtrl?: boolean, hasAlt?: boolean, isComposing?: boolean }} Key
 * @typedef {{ starts: boolean, code: string | null }} Heard `starts`: this key may be the first of a code
 */

const GAP_MS = 80;
const AVERAGE_MS = 45;
const SHORTEST = 4;
const LONGEST = 512;
const GROUP_SEPARATOR = "\x1d";
const SILENT_KEYS = ["Shift", "Control", "CapsLock", "AltGraph"];

/** @type {Heard} */
const NOTHING = { starts: false, code: null };

export function createWedge() {
  let typed = "";
  let firstMs = 0;
  let lastMs = 0;

  /** @param {number} atMs */
  const finish = (atMs) => {
    const isScan =
      typed.length >= SHORTEST && atMs - lastMs <= GAP_MS && (lastMs - firstMs) / (typed.length - 1) <= AVERAGE_MS;
    const code = isScan ? typed : null;
    typed = "";
    return { starts: false, code };
  };

  return {
    /**
     * @param {Key} pressed
     * @returns {Heard}
     */
    key(pressed) {
      const { key, atMs } = pressed;
      if (SILENT_KEYS.includes(key)) return NOTHING;
      if (key === "Enter" || key === "Tab") return finish(atMs);
      const character = characterOf(pressed);
      if (!character) {
        typed = "";
        return NOTHING;
      }
      const goesOn = typed !== "" && atMs - lastMs <= GAP_MS && typed.length < LONGEST;
      if (!goesOn) firstMs = atMs;
      typed = goesOn ? typed + character : character;
      lastMs = atMs;
      return { starts: !goesOn, code: null };
    },
  };
}

/**
 * "" for a key that no scanner sends inside a code.
 * @param {Key} pressed
 */
function characterOf({ key, isRepeat, hasCtrl, hasAlt, isComposing }) {
  // Scanners send FNC1 as Ctrl and ].
  if (hasCtrl && !hasAlt && key === "]") return GROUP_SEPARATOR;
  if (isRepeat || isComposing || (hasCtrl && !hasAlt) || key.length !== 1) return "";
  return key;
}
