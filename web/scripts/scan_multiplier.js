/** `12×` typed before a scan counts it twelve times, whichever source it comes from; `12×4006381333931` does at once. */

const MOST_DIGITS = 4;
// An x may be part of a SKU: alone it is a multiplier only where nothing follows it.
const TYPED = new RegExp(`^([1-9][0-9]{0,${MOST_DIGITS - 1}})\\s*(?:[×*]\\s*(.*)|[xX])$`);

/**
 * What was typed into the code field; null for a plain code. `code` is "" where the next scan is meant.
 * @param {string} text @returns {{ times: number, code: string } | null}
 */
export function multiplierIn(text) {
  const found = TYPED.exec(text.trim());
  return found && { times: Number(found[1]), code: found[2] ?? "" };
}

export function createMultiplier() {
  let times = 1;
  return {
    /** @param {number} wanted for the next scan */
    set(wanted) {
      times = wanted;
    },
    /** Used up by one scan. */
    take() {
      const now = times;
      times = 1;
      return now;
    },
  };
}
