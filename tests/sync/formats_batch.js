/**
 * Calls the twins in bulk: reads `[[function, arguments], …]` from the file named first and writes to the file named
 * second what each gave, null where it refused; then, under `"all"`, a digest of `fold` over every code point.
 */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import * as formats from "../../sync/formats.js";

const [, , callsFile, answersFile] = process.argv;
const functions = /** @type {Record<string, (...given: unknown[]) => string>} */ (/** @type {unknown} */ (formats));

/** @param {[string, unknown[]]} call */
function answer([name, given]) {
  try {
    return functions[name](...given);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const digest = createHash("sha256");
for (let point = 0; point <= 0x10ffff; point += 1) {
  if (point >= 0xd800 && point <= 0xdfff) continue;
  digest.update(`${formats.fold(`a${String.fromCodePoint(point)}B`)}\n`);
}
const answers = JSON.parse(await readFile(callsFile, "utf8")).map(answer);
await writeFile(answersFile, JSON.stringify({ answers, all: digest.digest("hex") }));
