/**
 * Reads codes in bulk: `{today, codes}` from the file named first; writes what `read` and `whatIs` say of each to the
 * file named second, and how many milliseconds the reading took.
 */

import { readFile, writeFile } from "node:fs/promises";
import { read, whatIs } from "../../sync/gs1.js";

const [, , codesFile, answersFile] = process.argv;
const { today, codes } = JSON.parse(await readFile(codesFile, "utf8"));
const began = performance.now();
const readings = codes.map((/** @type {string} */ code) => read(code, today));
const read_ms = performance.now() - began;
const meanings = codes.map(whatIs);
await writeFile(answersFile, JSON.stringify({ readings, meanings, read_ms }));
