/** A checkout of its own whose pages look a little different: what a hub is upgraded to. */

import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOP } from "./hub.js";

const PARTS = ["server", "sync", "sw", "web", "manifest.json", "pyproject.toml"];

/** @param {string} [mark] what tells it from others @param {number} [schema] of the rows it gives out */
export function nextRelease(mark = "here", schema = 1) {
  const top = mkdtempSync(join(tmpdir(), "next-"));
  const isCopied = (/** @type {string} */ path) => !/node_modules|__pycache__/.test(path.slice(TOP.length));
  for (const part of PARTS) cpSync(join(TOP, part), join(top, part), { recursive: true, filter: isCopied });
  symlinkSync(join(TOP, "web/node_modules"), join(top, "web/node_modules"));
  change(join(top, "web/styles/base.css"), (sheet) => `${sheet}\n:root { --next-release: ${mark}; }\n`);
  change(join(top, "sync/operations.json"), (text) => text.replace('"schema": 1', `"schema": ${schema}`));
  return top;
}

/** @param {string} path @param {(text: string) => string} how */
function change(path, how) {
  writeFileSync(path, how(readFileSync(path, "utf8")));
}
