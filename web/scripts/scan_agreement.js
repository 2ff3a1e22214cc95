/**
 * What several readers make of one place in the picture. Two that read different retail codes there within a moment are
 * both refused, whoever is right: which one is a guess. ZBar, which misreads more often than the others, has to say a
 * code twice before it is told at all; what else a linear code needs, the re-arming decides.
 */

/** @typedef {import("./scan_decoder.js").Read} Read */
/** @typedef {Read & { reader: string, seenMs: number }} Seen */

const RETAIL = ["ean_13", "ean_8", "upc_a", "upc_e"];

export function createAgreement({ refusedMs = 400, rememberedMs = 1000, nearPx = 160 } = {}) {
  /** @type {Seen[]} */
  let seen = [];

  return {
    /**
     * @param {Read[]} reads of one frame
     * @param {string} reader who read them all
     * @param {number} nowMs
     * @returns {Read[]} those that are believed
     */
    frame(reads, reader, nowMs) {
      seen = seen.filter(({ seenMs }) => nowMs - seenMs < rememberedMs);
      const believed = reads.filter((read) => {
        const isRefused = seen.some((other) => nowMs - other.seenMs < refusedMs && contradicts(other, read, reader));
        return !isRefused && (reader !== "zbar" || seen.some((other) => other.reader === reader && same(other, read)));
      });
      seen.push(...reads.map((read) => ({ ...read, reader, seenMs: nowMs })));
      return believed;
    },
  };

  /** @param {Seen} other @param {Read} read @param {string} reader */
  function contradicts(other, read, reader) {
    const areRetail = RETAIL.includes(other.format) && RETAIL.includes(read.format);
    const apartPx = Math.hypot(other.centre.x - read.centre.x, other.centre.y - read.centre.y);
    return other.reader !== reader && areRetail && !same(other, read) && apartPx < nearPx;
  }
}

/** @param {Read} one @param {Read} other */
function same(one, other) {
  return one.code === other.code;
}
