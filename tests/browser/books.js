/** What stands in the books of a hub, read beside it and never written. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OWN_PYTHON = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
export const PYTHON = existsSync(OWN_PYTHON) ? OWN_PYTHON : "python3";
const READING = `
import json, sqlite3, sys
file, question, *values = json.loads(sys.argv[1])
books = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
books.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in books.execute(question, values)]))
`;

/**
 * @param {import("./hub.js").Hub} hub @param {string} question in SQL @param {(string | number)[]} values
 * @returns {any[]} rows by column
 */
export function rowsOf(hub, question, ...values) {
  const asked = JSON.stringify([join(hub.data, "stockhand.db"), question, ...values]);
  const { status, stdout, stderr } = spawnSync(PYTHON, ["-c", READING, asked], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** How many operations of these ids the hub knows, in whatever state. @param {import("./hub.js").Hub} hub @param {string[]} ids */
export function booked(hub, ids) {
  const asked = ids.map(() => "?").join();
  return rowsOf(hub, `SELECT operation_id FROM outcomes WHERE operation_id IN (${asked})`, ...ids).length;
}
