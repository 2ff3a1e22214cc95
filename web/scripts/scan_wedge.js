/**
 * Tells a hardware scanner that types (a keyboard wedge) from fingers, by rhythm alone: a scanner sends its keys at most
 * 80 ms apart and 45 ms on average and ends with Enter or Tab; fast fingers need 60 ms or more a key over a whole code.
 * Bluetooth and a busy phone stall now and then: a pause of up to 250 ms inside a code, with four quick keys or more to
 * make up for each, is still the same code. To begin anew after it would make a wrong code out of a right one.
 * Nothing is held back: every key also goes where it would have gone, and only the closing key may be taken.
 */

/**
 * @typedef {{ key: string, atMs: number, isRepeat?: boolean, hasCtrl?: boolean, hasAlt?: boolean, isComposing?: boolean }} Key
 * @typedef {{ starts: boolean, code: string | null, isTail: boolean }} Heard `starts`: this key may be the first of a
 *   code; `isTail`: other keys came just before the code, so it may be the end of something longer
 */

const GAP_MS = 80;
const STALL_MS = 250;
const QUICK_KEYS_A_STALL = 4;
const AVERAGE_MS = 45;
const SHORTEST = 4;
const LONGEST = 512;
// Whoever types a code pauses less than this between its parts.
const APART_MS = 1_000;
const GROUP_SEPARATOR = "\x1d";
const SILENT_KEYS = ["Shift", "Control", "CapsLock", "AltGraph"];

/** @type {Heard} */
const NOTHING = { starts: false, code: null, isTail: false };

export function createWedge() {
  let typed = "";
  let lastMs = Number.NEGATIVE_INFINITY;
  let isTail = false;
  let quick = { keys: 0, sumMs: 0 };
  let stalls = 0;

  /** Takes the time since the last key into account; false when this key cannot belong to the ones before. */
  const goesOn = (/** @type {number} */ atMs) => {
    const gapMs = atMs - lastMs;
    lastMs = atMs;
    if (typed === "" || typed.length >= LONGEST || gapMs > STALL_MS) return false;
    if (gapMs <= GAP_MS) quick = { keys: quick.keys + 1, sumMs: quick.sumMs + gapMs };
    else stalls += 1;
    // Fingers stall at every key.
    return stalls <= 2;
  };
  const forget = () => {
    typed = "";
    quick = { keys: 0, sumMs: 0 };
    stalls = 0;
  };
  const finish = (/** @type {number} */ atMs) => {
    const isWhole = goesOn(atMs);
    const isQuick = quick.sumMs <= AVERAGE_MS * quick.keys && quick.keys >= QUICK_KEYS_A_STALL * stalls;
    const code = isWhole && isQuick && typed.length >= SHORTEST ? typed : null;
    const heard = { starts: false, code, isTail };
    forget();
    lastMs = Number.NEGATIVE_INFINITY;
    return heard;
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
        forget();
        return NOTHING;
      }
      const follows = atMs - lastMs < APART_MS;
      const starts = !goesOn(atMs);
      if (starts) {
        forget();
        isTail = follows;
      }
      typed += character;
      return { starts, code: null, isTail };
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
