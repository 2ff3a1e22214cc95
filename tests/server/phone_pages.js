/** Fills pages from rows as a phone does: `{person, now, buckets, waiting, asks: [[record, address]]}` in, records out. */

import { readFileSync } from "node:fs";
import * as pages from "../../sw/offline_pages.js";
import { openView } from "../../sw/view.js";

const { person, now, buckets, waiting, asks } = JSON.parse(readFileSync(0, "utf8"));
const held = new Map(
  Object.entries(buckets).map(([name, rows]) => [name, { rows: new Map(Object.entries(rows)), stamp: 1 }]),
);
const view = openView({ person, buckets: held, waiting, answered: [], now });
const fillers = new Map(Object.entries(pages));
const records = asks.map(([record, address]) =>
  fillers.get(record)(view, { url: new URL(address, "https://shop.test"), mint: () => "minted" }),
);
process.stdout.write(JSON.stringify(records));
