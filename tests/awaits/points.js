/**
 * Every `await` of the phone's code, counted, and a copy of the code that says when one is reached.
 *
 * In the copy `await x` is `await $await(7, x)`: what is awaited has been asked for and its answer is not known. What
 * `$await` does is the matter of whoever runs the copy; run as a script, this says how many there are in which file.
 */

import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { full } from "acorn-walk";

export const TOP = fileURLToPath(new URL("../../", import.meta.url));

/** @typedef {{id: number, path: string, line: number, code: string}} Point */

/** The phone's own files, as paths from the top. @param {string} [top] @returns {string[]} */
export function phoneFiles(top = TOP) {
  const found = readdirSync(join(top, "sw"), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)))
    .sort();
}

/** @param {string} path @param {string} text @param {number} first @returns {{points: Point[], text: string}} */
export function marked(path, text, first) {
  const found = [];
  full(parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true }), (node) => {
    if (node.type === "AwaitExpression") found.push(node);
    if (node.type === "ForOfStatement" && node.await) throw new Error(`${path} awaits in a loop's head`);
  });
  found.sort((one, other) => one.start - other.start);
  const points = found.map(({ loc, start, end }, place) => {
    return { id: first + place, path, line: loc.start.line, code: text.slice(start, end).split("\n")[0].slice(0, 80) };
  });
  const marks = found.flatMap(({ argument }, place) => [
    { at: argument.start, put: `$await(${first + place}, ` },
    { at: argument.end, put: ")" },
  ]);
  let out = text;
  for (const { at, put } of marks.sort((one, other) => other.at - one.at)) out = out.slice(0, at) + put + out.slice(at);
  return { points, text: out };
}

/** All points of the code as it is. @param {string} [top] @returns {Point[]} */
export function pointsOf(top = TOP) {
  const points = [];
  for (const path of phoneFiles(top)) {
    points.push(...marked(path, readFileSync(join(top, path), "utf8"), points.length + 1).points);
  }
  return points;
}

/** Marks every file of a copy in its place. @param {string} top of the copy @returns {Point[]} */
export function mark(top) {
  const points = [];
  for (const path of phoneFiles(top)) {
    const file = join(top, path);
    const { points: found, text } = marked(path, readFileSync(file, "utf8"), points.length + 1);
    writeFileSync(file, text);
    points.push(...found);
  }
  return points;
}

/** What a phone on a pretend hub needs, copied to a folder, marked. @param {string} folder @returns {Point[]} */
export function markedCopy(folder) {
  for (const place of ["sw", "sync", "tests/sw"]) cpSync(join(TOP, place), join(folder, place), { recursive: true });
  cpSync(join(TOP, "tests/package.json"), join(folder, "package.json"));
  if (!existsSync(join(folder, "node_modules")))
    symlinkSync(join(TOP, "web/node_modules"), join(folder, "node_modules"));
  return mark(folder);
}

/** @param {Point[]} points @returns {Record<string, number>} */
function perFile(points) {
  const counts = {};
  for (const { path } of points) counts[path] = (counts[path] ?? 0) + 1;
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, count] of Object.entries(perFile(pointsOf()))) console.log(`${String(count).padStart(5)} ${path}`);
  console.log(`${String(pointsOf().length).padStart(5)} in all`);
}
