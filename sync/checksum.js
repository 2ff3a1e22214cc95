/** The order-free checksum of a bucket; twin of `checksum.py`. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * Two lanes of 32 bits for one live row; a bucket's sum is the XOR of its rows'. Keys are ASCII.
 * @param {string} key @param {number} version @returns {[number, number]}
 */
export function rowSum(key, version) {
  return [mix(crc32(`${key}@${version}`)), mix(crc32(`${version}#${key}`))];
}

/** The sum as it travels: `"0123abcd-4567ef89"`. @param {number} a @param {number} b */
export function shown(a, b) {
  return `${lane(a)}-${lane(b)}`;
}

/** @param {number} value */
function lane(value) {
  return (value >>> 0).toString(16).padStart(8, "0");
}

/** @param {string} text */
function crc32(text) {
  let value = 0xffffffff;
  for (let i = 0; i < text.length; i++) value = (value >>> 8) ^ TABLE[(value ^ text.charCodeAt(i)) & 0xff];
  return (value ^ 0xffffffff) >>> 0;
}

/** @param {number} hash */
function mix(hash) {
  // The finalizer of MurmurHash3: a CRC alone is linear, so two rows that swapped versions would cancel out.
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
