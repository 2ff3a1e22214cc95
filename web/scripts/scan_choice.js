/**
 * Of the codes in one picture, which one is meant: the one nearest to the middle of the aiming frame. Where several new
 * ones lie in the frame together nobody can know, so they are offered and none counts until one is chosen, or until the
 * phone has pointed at one alone for a moment. A barcode and a QR code of one item are one.
 */

/** @typedef {import("./scan_rearm.js").Sighting} Sighting */
/** @typedef {{ counted: string[], offered: string[] }} Told `offered` is empty while there is nothing to choose */

const FRAMES_TO_OFFER = 3;
const ALONE_MS = 600;
const OFFERED_MS = 4000;

/** @param {ReturnType<typeof import("./scan_rearm.js").createRearm>} rearm */
export function createChoice(rearm) {
  /** @type {string[]} */
  let offered = [];
  /** @type {string[]} */
  let rivals = [];
  let rivalsMs = Number.NEGATIVE_INFINITY;
  let frames = 0;

  /** @param {string[]} fresh @param {number} nowMs */
  const offer = (fresh, nowMs) => {
    frames = fresh.length > 1 ? frames + 1 : 0;
    if (fresh.length > 1) {
      rivals = [...new Set([...(nowMs - rivalsMs < ALONE_MS ? rivals : []), ...fresh])];
      rivalsMs = nowMs;
    }
    if (frames >= FRAMES_TO_OFFER) offered = [...new Set([...offered, ...fresh])];
    else if (nowMs - rivalsMs > OFFERED_MS) offered = [];
  };

  return {
    /**
     * @param {Sighting[]} inside the frame, nearest to its middle first
     * @param {Sighting[]} all of the picture
     * @param {number} nowMs
     * @returns {Told}
     */
    frame(inside, all, nowMs) {
      const known = rearm.counted();
      const isKnown = (/** @type {string} */ code) => known.some((other) => areOne(code, other));
      const fresh = onceEach(inside.map(({ code }) => code).filter((code) => !isKnown(code)));
      offer(fresh, nowMs);
      const [nearest] = inside;
      const isRival = nearest && rivals.includes(nearest.code) && nowMs - rivalsMs < ALONE_MS;
      const isTwin = nearest && !known.includes(nearest.code) && isKnown(nearest.code);
      const aimed = isRival || isTwin ? undefined : nearest;
      const counted = rearm.frame(
        all.map((read) => ({ ...read, isAimed: read === aimed })),
        nowMs,
      );
      if (counted.length > 0) offered = [];
      return { counted, offered };
    },
    /** One was chosen: it counts, and the others do not while they stay in view. @param {number} nowMs */
    settle(nowMs) {
      rearm.settle([...new Set([...offered, ...rivals])], nowMs);
      offered = [];
      rivals = [];
      frames = 0;
    },
  };
}

/** @param {string[]} codes */
function onceEach(codes) {
  return codes.filter((code, place) => codes.findIndex((other) => areOne(code, other)) === place);
}

/** @param {string} one @param {string} other */
function areOne(one, other) {
  return one === other || (gtinIn(one) !== "" && gtinIn(one) === gtinIn(other));
}

/**
 * As much of GS1 as telling two symbols of one item takes; what a code means is the look-up's to say.
 * @param {string} code
 */
function gtinIn(code) {
  const [, linked] = /^https?:\/\/.*\/01\/([0-9]{8,14})/.exec(code) ?? [];
  const [, element] = /^(?:\][A-Za-z][0-9])?\(?01\)?([0-9]{14})/.exec(code) ?? [];
  const isPlain = /^(?:[0-9]{8}|[0-9]{12,14})$/.test(code);
  const digits = isPlain ? code : (linked ?? element ?? "");
  return digits === "" ? "" : digits.padStart(14, "0");
}
