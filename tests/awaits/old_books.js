/** The hub's books of an hour ago, to be put back. */

import { spawnSync } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PYTHON } from "../browser/books.js";

// What `stockhand restore` does to a backup: new epochs for all buckets.
const COPYING = `
import sqlite3, sys, uuid
source, target = sys.argv[1:]
with sqlite3.connect(source) as books, sqlite3.connect(target) as copy:
    books.backup(copy)
    for (bucket,) in copy.execute("SELECT id FROM buckets").fetchall():
        copy.execute("UPDATE buckets SET epoch = ? WHERE id = ?", (str(uuid.uuid4()), bucket))
    copy.commit()
`;

/** @param {{data: string}} hub @returns {() => void} puts them back; the hub must not run */
export function booksOfNow(hub) {
  const [books, copy] = [join(hub.data, "stockhand.db"), join(hub.data, "old.db")];
  rmSync(copy, { force: true });
  const { status, stderr } = spawnSync(PYTHON, ["-c", COPYING, books, copy], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return () => {
    for (const log of ["-wal", "-shm"]) rmSync(books + log, { force: true });
    renameSync(copy, books);
  };
}
