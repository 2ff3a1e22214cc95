/** Reads lines of `[piece in base64, …]` and writes the `[key, version, row]` of each as a phone unpacks them. */

import { createInterface } from "node:readline";
import { numberAt } from "../../sw/snapshots/numbers.js";
import { rowAt } from "../../sw/snapshots/rows.js";
import { unpack } from "../../sw/snapshots/unpacked.js";

/** @param {string[]} pieces @returns {[string, number, any][]} */
export function putsOf(pieces) {
  /** @type {[string, number, any][]} */
  const puts = [];
  /** @type {import("../../sw/snapshots/words.js").Words | undefined} */
  let shared;
  for (const piece of pieces) {
    const unpacked = unpack(Uint8Array.from(Buffer.from(piece, "base64")), shared);
    if (unpacked.noun === "words") {
      shared = unpacked.words;
      continue;
    }
    for (let i = 0; i < unpacked.rows; i++) {
      puts.push([String(unpacked.keys[i]), numberAt(unpacked.versions, i), rowAt(unpacked, i, shared)]);
    }
  }
  return puts;
}

if (process.argv[1] === import.meta.filename) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(putsOf(JSON.parse(line)))}\n`);
  }
}
