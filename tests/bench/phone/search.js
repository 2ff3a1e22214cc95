/** Words are typed into the search field, key by key: how long until what was found stands in the document. */

import { openWarm, pause } from "./handset.js";
import { press } from "./keys.js";
import { carryOut } from "./plan.js";
import { expect, took, watch } from "./watch.js";

const KEYS_A_WORD = 6;
// As quick thumbs type.
const PACE_MS = 250;

carryOut(async (plan) => {
  const { phone, page } = await openWarm(plan, "/items", watch);
  try {
    const keyboard = await page.createCDPSession();
    const words = plan.goods.map(({ name }) => name.slice(0, KEYS_A_WORD)).slice(0, plan.words + 1);
    // The first word makes ready what every later one finds ready.
    await typeWord(page, keyboard, words[0]);
    const ms = [];
    for (const word of words.slice(1)) ms.push(...(await typeWord(page, keyboard, word)));
    return { ms };
  } finally {
    await phone.close();
  }
});

/** @param {import("puppeteer-core").Page} page @param {import("./keys.js").Keyboard} keyboard @param {string} word */
async function typeWord(page, keyboard, word) {
  const ms = [];
  await page.evaluate(() => {
    const field = /** @type {HTMLInputElement} */ (document.getElementById("search-field"));
    field.value = "";
    field.focus();
  });
  await pause(PACE_MS);
  for (const character of word) {
    await expect(page, "keydown", "", "#found .list-head");
    await press(keyboard, character);
    ms.push((await took(page)).held);
    await pause(PACE_MS);
  }
  return ms;
}
