/**
 * The phone's store and its indexes by themselves: what the hub answers to a first sync is recorded, then given to a
 * fresh phone out of memory; how long until it can be searched and scanned.
 */

import { openHandset, signInQuietly } from "./handset.js";
import { carryOut } from "./plan.js";

carryOut(async (plan) => {
  const phone = await openHandset(plan);
  try {
    const page = await phone.page();
    await signInQuietly(page, plan.address, plan.username);
    await page.evaluate(record, plan.person);
    const ms = [];
    for (let run = 0; run < plan.runs; run += 1) ms.push(await page.evaluate(replay, plan.person, plan.goods[0], run));
    return { ms };
  } finally {
    await phone.close();
  }
});

/** Runs in the page. @param {number} person */
async function record(person) {
  const worker = await (await fetch("/service_worker.js")).text();
  const folder = /\/static\/[^/"]+\//.exec(worker)[0];
  const { createPhone } = await import(`${folder}sw/phone.js`);
  const pages = await import(`${folder}sw/offline_pages.js`);
  const { render } = await import(`${folder}templates/en.js`);
  const { RELEASE_ID, PAGE_HEADERS } = await import(`${folder}release.js`);

  /** A phone whose databases are its own. @param {string} name @param {any} fetch */
  const make = (name, fetch) => {
    /** @type {any} */
    const own = {
      open: (called, version) => indexedDB.open(name + called, version),
      deleteDatabase: (called) => indexedDB.deleteDatabase(name + called),
      databases: async () => (await indexedDB.databases()).filter((one) => one.name.startsWith(name)),
      cmp: (a, b) => indexedDB.cmp(a, b),
    };
    const release = { id: RELEASE_ID, headers: PAGE_HEADERS };
    return createPhone({ indexedDB: own, fetch, pages, render: { en: render, zh: render }, release });
  };
  const answers = new Map();
  const listening = make("recorded-", async (path, init) => {
    const answer = await fetch(path, init);
    const kept = { body: await answer.arrayBuffer(), status: answer.status, headers: [...answer.headers] };
    if (!answers.has(path)) answers.set(path, []);
    answers.get(path).push(kept);
    return new Response(kept.body, kept);
  });
  await listening.message({ type: "who", person });
  listening.engine.stop();
  Object.assign(globalThis, { make, answers });
}

/** Runs in the page. @param {number} person @param {{ gtin: string, id: number, name: string }} looked @param {number} run */
async function replay(person, { gtin, id, name }, run) {
  const { make, answers } = /** @type {any} */ (globalThis);
  const left = new Map([...answers].map(([path, some]) => [path, [...some]]));
  const phone = make(`run-${run}-`, async (path) => {
    const kept = left.get(path)?.shift();
    if (kept === undefined) throw new TypeError("that was not asked for before");
    return new Response(kept.body, kept);
  });
  const began = performance.now();
  await phone.message({ type: "who", person });
  for (const path of [`/items?q=${encodeURIComponent(name)}`, `/?code=${gtin}`]) {
    const answer = await phone.handle(new Request(path));
    if (!(await answer.text()).includes(`/items/${id}"`)) throw new Error(`${path} does not show item ${id}`);
  }
  const ms = performance.now() - began;
  phone.engine.stop();
  return ms;
}
