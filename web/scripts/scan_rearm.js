/**
 * Decides which sightings of a camera count as a scan: each code once while it stays in view, and again after it left.
 *
 * One frame proves little. A linear code must be read alike in two frames (a third where there is no check digit to
 * catch a misread); QR and Data Matrix correct their own errors and count at once. A code has left when it was missing
 * for 600 ms and in five decoded frames: decoders drop single frames of a code held still (blur, focus), hardly five in
 * a row, while a stalled decoder lets time pass and sees nothing; so neither measure is enough alone.
 */

/**
 * @typedef {{ code: string, format: string, isAimed?: boolean }} Sighting
 *   `isAimed` false: in the picture but not what the frame points at; it stays present and does not count.
 * @typedef {{ reads: number, missed: number, seenMs: number, isCounted: boolean }} Presence
 */

const SELF_CORRECTING = ["qr_code", "data_matrix"];
const UNCHECKED = ["code_39", "itf", "upc_e"];

/** @param {string} format */
export function readsNeeded(format) {
  if (SELF_CORRECTING.includes(format)) return 1;
  return UNCHECKED.includes(format) ? 3 : 2;
}

export function createRearm({ absentMs = 600, absentFrames = 5 } = {}) {
  /** @type {Map<string, Presence>} */
  const present = new Map();

  /** @param {Presence} presence @param {number} nowMs */
  const hasLeft = (presence, nowMs) =>
    presence.isCounted ? presence.missed >= absentFrames && nowMs - presence.seenMs >= absentMs : presence.missed > 1;

  return {
    /**
     * @param {Sighting[]} sightings of one decoded frame; an empty frame matters too
     * @param {number} nowMs
     * @returns {string[]} the codes that count now
     */
    frame(sightings, nowMs) {
      for (const [code, presence] of present) {
        if (sightings.some((sighting) => sighting.code === code)) continue;
        presence.missed += 1;
        if (hasLeft(presence, nowMs)) present.delete(code);
      }
      const counted = [];
      for (const { code, format, isAimed = true } of sightings) {
        const presence = present.get(code) ?? { reads: 0, missed: 0, seenMs: nowMs, isCounted: false };
        present.set(code, presence);
        presence.missed = 0;
        presence.seenMs = nowMs;
        presence.reads += isAimed ? 1 : 0;
        if (presence.isCounted || presence.reads < readsNeeded(format)) continue;
        presence.isCounted = true;
        counted.push(code);
      }
      return counted;
    },
    /** Codes in view that have counted. */
    counted: () => [...present].filter(([, { isCounted }]) => isCounted).map(([code]) => code),
    /** These were decided otherwise: they count again only after they left. @param {string[]} codes @param {number} nowMs */
    settle(codes, nowMs) {
      for (const code of codes) present.set(code, { reads: 0, missed: 0, seenMs: nowMs, isCounted: true });
    },
  };
}
