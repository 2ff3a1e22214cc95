/** The worker is stopped, as a browser does after half a minute; then a code is asked for: how long until it is answered. */

import { goQuiet, openHandset, pause } from "./handset.js";
import { carryOut } from "./plan.js";

carryOut(async (plan) => {
  const phone = await openHandset(plan);
  try {
    const page = await phone.page();
    await goQuiet(page, plan.address);
    const line = await page.createCDPSession();
    await line.send("ServiceWorker.enable");
    await askOnce(page, plan.goods[0]);
    if (plan.throttled) phone.slowDown();
    const ms = [];
    for (const goods of plan.goods.slice(1, plan.runs + 1)) {
      await line.send("ServiceWorker.stopAllWorkers");
      await pause(700);
      ms.push(await askOnce(page, goods));
    }
    return { ms };
  } finally {
    await phone.close();
  }
});

/** @param {import("puppeteer-core").Page} page @param {{ id: number, gtin: string }} goods @returns {Promise<number>} */
function askOnce(page, { id, gtin }) {
  return page.evaluate(
    async (id, gtin) => {
      const began = performance.now();
      const answer = await fetch(`/?code=${gtin}`);
      const text = await answer.text();
      const ms = performance.now() - began;
      if (answer.headers.has("date") || !text.includes(`data-item="${id}"`)) throw new Error(`no card of ${id}`);
      return ms;
    },
    id,
    gtin,
  );
}
