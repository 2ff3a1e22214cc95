/** The checksum of many rows whose keys are whole numbers: what `rowSum` of `sync/checksum.js` says, without its texts. */

import { at } from "./numbers.js";

const AT = 0x40;
const HASH = 0x23;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const digits = new Uint8Array(24);

/**
 * @param {ArrayLike<number>} ids @param {import("./numbers.js").Column} versions @returns {[number, number]} XOR of both lanes
 */
export function lanesOf(ids, versions) {
  let [a, b] = [0, 0];
  let known = -1;
  let before = 0;
  for (let row = 0; row < ids.length; row += 1) {
    const version = at(versions, row);
    if (version !== known) {
      known = version;
      before = continued(0xffffffff, version);
      before = (before >>> 8) ^ TABLE[(before ^ HASH) & 0xff];
    }
    const id = ids[row];
    let one = continued(0xffffffff, id);
    one = (one >>> 8) ^ TABLE[(one ^ AT) & 0xff];
    a ^= mix(~continued(one, version));
    b ^= mix(~continued(before, id));
  }
  return [a, b];
}

/** A CRC that goes on over the digits of a number. @param {number} crc @param {number} number */
function continued(crc, number) {
  let count = 0;
  let rest = number;
  do {
    const tenth = Math.floor(rest / 10);
    digits[count] = 0x30 + rest - tenth * 10;
    count += 1;
    rest = tenth;
  } while (rest > 0);
  let value = crc;
  for (let place = count - 1; place >= 0; place -= 1) value = (value >>> 8) ^ TABLE[(value ^ digits[place]) & 0xff];
  return value;
}

/** @param {number} hash */
function mix(hash) {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
