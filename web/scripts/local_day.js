/** Days as the store has them: the page carries its zone. */

/** The store's offset from UTC, out of the transitions that the page carries. @param {number} at */
export function offsetMs(at) {
  const zone = (document.body.dataset.zone ?? "").trim().split(/\s+/);
  let minutes = 0;
  for (const [place, part] of zone.entries()) {
    const [from, offset] = part.split("/").map(Number);
    if (place === 0 || from <= at) minutes = offset || 0;
  }
  return minutes * 60_000;
}

/** `2026-11-22` in the store's zone. @param {number} at */
export function localDay(at) {
  return new Date(at + offsetMs(at)).toISOString().slice(0, 10);
}
