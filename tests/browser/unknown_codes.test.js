/** A code that nobody knows: kept without a network, matched on another phone, approved, and found where it began. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { openLine } from "./line.js";
import { retype, see, signIn, stateOf, tapTo } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

// A hint that was lost is made good by the next look at the hub, every half minute.
const HEARD_WITHIN_MS = 40_000;
const CODE = "4006381334006";
const OTHER = "AB-12 <b>";
const GOODS = new URL("../../web/images/icon-512.png", import.meta.url).pathname;

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {import("./line.js").Line} */
let line;
const [first, second] = [new Handheld(), new Handheld()];
/** @type {Page} */
let ada;
/** Store manager of the same store. @type {Page} */
let nora;

before(async () => {
  hub = await openHub();
  line = await openLine(hub);
  ada = await first.start();
  nora = await second.start();
  await signIn(ada, line.address, "ada");
  await signIn(nora, hub.address, "nora");
});
after(async () => {
  await Promise.all([first.throwAway(), second.throwAway()]);
  await line.cut();
  await hub.close();
});

/** Whether the goods are seen. @param {string} from */
function isPictured(from) {
  const image = /** @type {HTMLImageElement | null} */ (document.querySelector("img[data-goods]"));
  if (!image) return false;
  image.scrollIntoView();
  return image.src.startsWith(from) && image.naturalWidth > 100;
}

/** @param {string} code */
async function typed(code) {
  // A page that is only just coming may put another field in the place of this one.
  do await retype(ada, "#scan-code", code);
  while ((await ada.$eval("#scan-code", (field) => /** @type {HTMLInputElement} */ (field).value)) !== code);
  await ada.keyboard.press("Enter");
}

test("a scan that finds nothing is kept without a network and without another tap", async () => {
  await line.cut();
  await ada.goto(`${line.address}/`);
  await typed("F-01004");
  await see(ada, "#scan-list .scan-card", /F-01004/);
  await typed(CODE);
  await see(ada, "#scan-list .card-unknown", /Kept on the list/);
  await typed(CODE);
  await see(ada, "#scan-list .card-unknown", /scanned 2 times/);
  await typed(OTHER);
  await see(ada, "#scan-list .card-unknown:first-child", /AB-12/);
  await stateOf(ada, { waiting: 4 });
  await ada.reload();
  await ada.goto(`${line.address}/unknown-codes`);
  await see(ada, "#unknown-codes .review-title", new RegExp(CODE));
  await see(ada, "#unknown-codes .review", /Scanned 2 times/);
  await stateOf(ada, { waiting: 4 });
});

test("a photo of the goods waits on the phone, and is seen there, without a network", async () => {
  await tapTo(ada, `#unknown-codes .review-title a[href*="${CODE}"]`, /^\/unknown-codes\/match$/);
  const field = await ada.waitForSelector("#unknown-code input[data-goods-of]");
  await /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (field).uploadFile(GOODS);
  await see(ada, "#goods-waiting", /1/);
  await stateOf(ada, { waiting: 5 });
  await ada.reload();
  await ada.waitForFunction(isPictured, {}, "blob:");
});

test("with the network it is on the worklist of the others", async () => {
  await line.mend();
  await stateOf(ada, { waiting: 0, live: true });
  await nora.goto(`${hub.address}/unknown-codes`);
  await see(nora, "#unknown-codes .review-title", new RegExp(CODE), HEARD_WITHIN_MS);
  const rows = rowsOf(hub, "SELECT code, times FROM unknown_codes ORDER BY code");
  assert.deepEqual(
    rows.map(({ code, times }) => [code, times]),
    [
      [`0${CODE}`, 2],
      [OTHER, 1],
    ],
  );
});

test("its photo arrives by itself, small, and the others see it", async () => {
  await ada.waitForFunction(() => /with the code/.test(document.getElementById("goods-waiting")?.textContent ?? ""), {
    timeout: HEARD_WITHIN_MS,
  });
  const [kept, ...more] = rowsOf(hub, "SELECT length(picture) AS bytes FROM unknown_code_photos");
  assert.ok(kept.bytes > 1000 && kept.bytes <= 300 * 1024 && more.length === 0, JSON.stringify([kept, more]));
  await nora.reload();
  await nora.waitForFunction(isPictured, { timeout: HEARD_WITHIN_MS }, "http");
});

test("who finds the item says so, and may also say that a code is none of ours", async () => {
  await ada.goto(`${line.address}/unknown-codes`);
  await tapTo(ada, `#unknown-codes .review-title a[href*="${CODE}"]`, /^\/unknown-codes\/match$/);
  await see(ada, "#unknown-code", /F-01004/);
  await retype(ada, "#match-search", "F-01004");
  await ada.keyboard.press("Enter");
  await ada.waitForSelector("button[name=item]");
  // Below the picture it may lie under the tabs.
  await ada.$eval("button[name=item]", (button) => button.scrollIntoView({ block: "center" }));
  await ada.click("button[name=item]");
  await see(ada, "#unknown-code", /It waits for a manager/);
  await ada.goto(`${line.address}/unknown-codes`);
  await ada.click("li:has(a[href*=AB-12]) button[value=dismiss]");
  await ada.waitForFunction(() => !document.querySelector("#unknown-codes")?.textContent?.includes("AB-12"));
  await stateOf(ada, { waiting: 0 });
});

test("a manager approves it, and the first phone finds the item by it without a network", async () => {
  await nora.goto(`${hub.address}/inbox`);
  await nora.waitForSelector(".inbox-reviews a", { timeout: HEARD_WITHIN_MS });
  await tapTo(nora, ".inbox-reviews a", /^\/reviews$/);
  await see(nora, "#review-rows .review", new RegExp(CODE), HEARD_WITHIN_MS);
  await nora.click(`li:has(input[name=note]) button[value=yes]`);
  await nora.waitForFunction(() => !document.querySelector("#review-rows input[name=note]"));
  await stateOf(nora, { waiting: 0 });
  const until = Date.now() + HEARD_WITHIN_MS;
  let left = "";
  do {
    // Whoever opens the page has the hub asked.
    await ada.goto(`${line.address}/unknown-codes`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    left = await ada.$eval("#unknown-codes", (list) => list.textContent ?? "");
  } while (left.includes(CODE) && Date.now() < until);
  assert.ok(!left.includes(CODE), left);
  await line.cut();
  await ada.goto(`${line.address}/`);
  await typed(CODE);
  await see(ada, "#scan-list .scan-card:not(.card-unknown) .item-codes", /F-01004/);
});
