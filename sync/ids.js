/**
 * Ids of operations that sort by the moment they were made; twin of `ids.py`.
 *
 * Ids without order touch another page of every index with each row that is written.
 */

/**
 * The id of a moment (ms since 1970) with 19 random hexadecimal digits: a UUID of version 7 (RFC 9562).
 * @param {number} at @param {string} noise @returns {string}
 */
export function orderedId(at, noise) {
  const time = at.toString(16).padStart(12, "0");
  const variant = "89ab"[Number.parseInt(noise[3], 16) % 4];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${noise.slice(0, 3)}-${variant}${noise.slice(4, 7)}-${noise.slice(7, 19)}`;
}
