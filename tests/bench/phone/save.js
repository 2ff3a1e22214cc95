/** Adjustments are booked on items' pages: how long from the tap that sends the form until the page says that it is saved. */

import { openWarm, pause } from "./handset.js";
import { carryOut } from "./plan.js";
import { expect, took, watch } from "./watch.js";

const WARMING = 3;

carryOut(async (plan) => {
  const { phone, page } = await openWarm(plan, "/", watch);
  try {
    const ms = [];
    for (const { id } of plan.goods.slice(0, plan.forms + WARMING)) {
      await page.goto(`${plan.address}/items/${id}`);
      await page.waitForFunction(() => "htmx" in globalThis);
      await pause(200);
      await page.$eval("#adjust-quantity", (field) => {
        /** @type {HTMLInputElement} */ (field).value = "1";
      });
      await expect(page, "click", "", "#toast:not([hidden])");
      await page.$eval('.reasons-out button[value="damaged"]', (button) => /** @type {HTMLElement} */ (button).click());
      ms.push((await took(page)).held);
    }
    return { ms: ms.slice(WARMING) };
  } finally {
    await phone.close();
  }
});
