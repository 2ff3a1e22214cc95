/** A hand scanner types codes on the home page: how long until the item's card stands in the document, and is painted. */

import { openWarm, pause } from "./handset.js";
import { scan } from "./keys.js";
import { carryOut } from "./plan.js";
import { expect, took, watch } from "./watch.js";

const WARMING = 5;
// As people scan: the last card has come to rest when the next code comes.
const PACE_MS = 600;

carryOut(async (plan) => {
  const { phone, page } = await openWarm(plan, "/", watch);
  try {
    const keyboard = await page.createCDPSession();
    const all = [];
    for (const { id, gtin } of plan.goods.slice(0, plan.codes + WARMING)) {
      await expect(page, "keydown", "Enter", `#scan-list [data-item="${id}"]`);
      await scan(keyboard, gtin);
      all.push(await took(page));
      await pause(PACE_MS);
    }
    const warm = all.slice(WARMING);
    return { held: warm.map(({ held }) => held), painted: warm.map(({ painted }) => painted) };
  } finally {
    await phone.close();
  }
});
