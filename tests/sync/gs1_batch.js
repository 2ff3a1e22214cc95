/**
 * Reads codes in bulk: `{today, codes}` from the file named first; writes what `read`, `whatIs` and `toldOf` say of each
 * to the file named second, and how many milliseconds the reading took.
 */

import { readFile, writeFile } from "node:fs/promises";
import { read, whatIs } from "../../sync/gs1.js";
import { toldOf } from "../../sync/gs1_told.js";

const [, , codesFile, answersFile] = process.argv;
const { today, codes } = JSON.parse(await readFile(codesFile, "utf8"));
const began = performance.now();
const readings = codes.map((/** @type {string} */ code) => read(code, today));
const read_ms = performance.now() - began;
const meanings = codes.map(whatIs);
const shown = codes.map((/** @type {string} */ code) => toldOf(code, today));
await writeFile(answersFile, JSON.stringify({ readings, meanings, shown, read_ms }));
