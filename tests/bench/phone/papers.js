/**
 * The phone's own pages of transfers, of what waits and of counts, on two phones by turns: one of a chain with many
 * papers in its books, one of a chain with a tenth of them. How long until each is answered.
 */

import { goQuiet, openHandset, pause, signInQuietly, startWorker } from "./handset.js";
import { carryOut } from "./plan.js";

/** @typedef {import("puppeteer-core").Page} Page */

// Nothing more comes when the same papers are there for so long.
const QUIET_MS = 4000;

carryOut(async ({ addresses, username, person, asked }) => {
  const phones = [];
  try {
    for (const address of addresses) phones.push(await openHandset({ address }));
    const pages = [];
    for (const { address, page } of phones) pages.push(await synced(await page(), address, username, person));
    const held = await Promise.all(pages.map(papersOf));
    /** @type {Record<string, number[][]>} */
    const ms = {};
    for (const [what, paths] of Object.entries(addressesOf(held))) {
      const took = pages.map(() => /** @type {number[]} */ ([]));
      // The first of each makes ready what every later one finds ready.
      for (let number = -1; number < asked; number += 1) {
        for (const [at, page] of pages.entries()) {
          const one = await answered(page, paths[at][Math.max(number, 0) % paths[at].length]);
          if (number >= 0) took[at].push(one);
        }
      }
      ms[what] = took;
    }
    return { ms, held: held.map((papers) => papers.length) };
  } finally {
    for (const phone of phones) await phone.close();
  }
});

/** A signed in phone that has everything. @param {Page} page @param {string} address @param {string} username @param {number} person */
async function synced(page, address, username, person) {
  await signInQuietly(page, address, username);
  await startWorker(page);
  await page.evaluate((person) => navigator.serviceWorker.controller?.postMessage({ type: "who", person }), person);
  let [before, since] = [-1, Date.now()];
  while (before < 1 || Date.now() - since < QUIET_MS) {
    await pause(250);
    const now = (await papersOf(page)).length;
    if (now !== before) [before, since] = [now, Date.now()];
  }
  await goQuiet(page, address);
  return page;
}

/** The transfers of its list; none where the hub had to answer. @param {Page} page @returns {Promise<string[]>} */
function papersOf(page) {
  return page.evaluate(async () => {
    const answer = await fetch("/transfers");
    const text = await answer.text();
    if (answer.headers.has("date")) return [];
    return [...text.matchAll(/href="\/transfers\/([0-9a-f-]{36})"/g)].map(([, id]) => id);
  });
}

/** @param {string[][]} held @returns {Record<string, string[][]>} the paths of each phone */
function addressesOf(held) {
  const same = (/** @type {string} */ path) => held.map(() => [path]);
  return {
    papers: held.map((papers) => papers.map((id) => `/transfers/${id}`)),
    search: same("/transfers?q=tea"),
    inbox: same("/inbox"),
    reviews: same("/reviews"),
    counts: same("/counts"),
    list: same("/transfers"),
  };
}

/** @param {Page} page @param {string} path @returns {Promise<number>} milliseconds */
function answered(page, path) {
  return page.evaluate(async (path) => {
    const began = performance.now();
    const answer = await fetch(path);
    await answer.text();
    const ms = performance.now() - began;
    if (answer.headers.has("date") || !answer.ok) throw new Error(`${path} was not answered by the phone`);
    return ms;
  }, path);
}
