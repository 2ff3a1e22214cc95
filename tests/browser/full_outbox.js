/** Work by the hundred, as a day without a network leaves it. */

import { outboxRows } from "./own_storage.js";

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * Records so many adjustments of an item by one, as its form does, and waits for none of them to be sent.
 * @param {Page} page @param {number} count @param {number} [item]
 */
export async function record(page, count, item = 4) {
  return await page.evaluate(
    async (times, path) => {
      const headers = { "HX-Request": "true" };
      for (let time = 0; time < times; time += 1) {
        const fields = { operation_id: crypto.randomUUID(), quantity: "1", direction: "in", reason: "found" };
        const form = { method: "POST", headers, body: new URLSearchParams(fields) };
        const answer = await fetch(path, { ...form, redirect: "manual" });
        if (answer.type !== "opaqueredirect") throw new Error(`not saved: ${answer.status}`);
      }
    },
    count,
    `/items/${item}`,
  );
}

/** How many wait, asked of the storage itself. @param {Page} page */
export const waitingOn = async (page) => (await page.evaluate(outboxRows, "operations")).length;

/** Waits until nothing waits; gives back how long that took, ms. @param {Page} page @param {number} withinMs */
export async function emptied(page, withinMs) {
  const begun = performance.now();
  while ((await waitingOn(page)) > 0) {
    if (performance.now() - begun > withinMs) throw new Error(`${await waitingOn(page)} still wait`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - begun;
}
