/**
 * What others make of the same goods: PouchDB replicates them from an express-pouchdb server, idb and Dexie put one row
 * an item. Each in a page of its own, the rows at hand before the clock starts.
 */

import { once } from "node:events";
import { createReadStream, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { openHandset } from "./handset.js";
import { carryOut } from "./plan.js";

// Installed by `make bench` alone, so nothing else may lean on their being here.
const installed = createRequire(import.meta.url);
const PACKAGES = fileURLToPath(new URL("../node_modules/", import.meta.url));
const PAGE = "<!doctype html><title>Goods</title>";

/** In what they are asked to do, by name. @type {Record<string, (...given: any[]) => Promise<number>>} */
const WAYS = { pouchdb: replicate, idb: putRows, dexie: bulkPut };

carryOut(async (plan) => {
  const rows = JSON.parse(readFileSync(plan.rows, "utf8"));
  const server = await serve(plan, rows.slice(0, plan.replicated));
  try {
    /** @type {Record<string, number[]>} */
    const found = {};
    for (const name of plan.peers) {
      found[name] = [];
      for (let run = 0; run < (name === "pouchdb" ? 1 : plan.runs); run += 1) {
        found[name].push(await onFreshPhone(server.address, name));
      }
    }
    return found;
  } finally {
    server.close();
  }
});

/** @param {string} address @param {string} name */
async function onFreshPhone(address, name) {
  const phone = await openHandset({ address });
  try {
    const page = await phone.page();
    await page.goto(`${address}/page`);
    await page.addScriptTag({ url: `${address}/${name}.js` });
    return await page.evaluate(WAYS[name], `${address}/items`);
  } finally {
    await phone.close();
  }
}

/** @param {any} plan @param {any[]} documents replicated; the rows themselves are there as they are */
async function serve(plan, documents) {
  const PouchDB = installed("pouchdb");
  PouchDB.plugin(installed("pouchdb-adapter-memory"));
  const InMemory = PouchDB.defaults({ adapter: "memory" });
  await new InMemory("items").bulkDocs(documents.map((row) => ({ ...row, _id: String(row.id) })));
  const quiet = { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: "/dev/null" };
  const replicating = installed("express-pouchdb")(InMemory, quiet);
  const files = {
    "/rows.json": plan.rows,
    "/pouchdb.js": `${PACKAGES}pouchdb/dist/pouchdb.min.js`,
    "/idb.js": `${PACKAGES}idb/build/umd.js`,
    "/dexie.js": `${PACKAGES}dexie/dist/dexie.min.js`,
  };
  const server = createServer((asked, answer) => {
    if (asked.url === "/page") answer.setHeader("content-type", "text/html").end(PAGE);
    else if (files[asked.url]) createReadStream(files[asked.url]).pipe(answer);
    else replicating(asked, answer);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Runs in the page, as do the others. @param {string} source */
async function replicate(source) {
  const { PouchDB } = /** @type {any} */ (globalThis);
  const mine = new PouchDB("items");
  const began = performance.now();
  // More at once than it would ask for by itself: that is faster.
  const { docs_written } = await mine.replicate.from(source, { batch_size: 1000 });
  const ms = performance.now() - began;
  const { total_rows } = await mine.allDocs({ limit: 0 });
  if (docs_written !== total_rows) throw new Error(`${docs_written} of ${total_rows}`);
  return ms;
}

async function putRows() {
  const { idb } = /** @type {any} */ (globalThis);
  const rows = await (await fetch("/rows.json")).json();
  const began = performance.now();
  const database = await idb.openDB("goods", 1, {
    upgrade(made) {
      made.createObjectStore("items", { keyPath: "id" }).createIndex("gtins", "gtins", { multiEntry: true });
    },
  });
  const writing = database.transaction("items", "readwrite");
  for (const row of rows) writing.store.put(row);
  await writing.done;
  return performance.now() - began;
}

async function bulkPut() {
  const { Dexie } = /** @type {any} */ (globalThis);
  const rows = await (await fetch("/rows.json")).json();
  const began = performance.now();
  const database = new Dexie("goods");
  database.version(1).stores({ items: "id, *gtins" });
  await database.items.bulkPut(rows);
  return performance.now() - began;
}
