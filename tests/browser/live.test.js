/** What others do is seen at once, by one stream for all pages of a browser, and never under somebody's hands. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { openLine } from "./line.js";
import { retype, see, signIn, stateOf } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

const WITHIN_MS = 1000;
const TRIES = 5;

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
  await signIn(nora, line.address, "nora");
});
after(async () => {
  await Promise.all([first.throwAway(), second.throwAway()]);
  await line.cut();
  await hub.close();
});

/** What stands on the shelf, as the page of item 4 says. @param {Page} page */
const onHand = (page) => page.$eval("#item-figures", (one) => Number(/\d+/.exec(one.textContent ?? "")?.[0]));

/** Ada puts one on the shelf. @param {number} [quantity] @returns when her finger touched */
async function addOne(quantity = 1) {
  await ada.click("label:has(input[name=direction][value=in])");
  await retype(ada, "input[name=quantity]", String(quantity));
  const touched = Date.now();
  await ada.click("button[name=reason][value=found]");
  return touched;
}

test("another phone sees a change within a second", { timeout: 120_000 }, async (t) => {
  await Promise.all([ada.goto(`${line.address}/items/4`), nora.goto(`${line.address}/items/4`)]);
  await stateOf(nora, { live: true });
  /** @type {number[]} */
  const took = [];
  let stands = await onHand(nora);
  while (took.length < TRIES) {
    stands += 1;
    const touched = await addOne();
    await see(nora, "#item-figures", new RegExp(`\\b${stands}\\b`), 5000);
    took.push(Date.now() - touched);
    await see(ada, "#recent", /./);
    await stateOf(ada, { waiting: 0 });
  }
  t.diagnostic(`seen after ${took.join(", ")} ms`);
  const middle = [...took].sort((one, other) => one - other)[TRIES >> 1];
  assert.ok(middle <= WITHIN_MS, `half of the changes took longer than ${middle} ms`);
});

test("a refresh leaves alone what somebody types, the focus and the place on the page", async () => {
  await nora.goto(`${line.address}/items/4`);
  await nora.click("label:has(input[name=direction][value=in])");
  await retype(nora, "input[name=quantity]", "12");
  const place = await nora.evaluate(() => {
    Object.assign(globalThis, { untouched: true });
    scrollTo(0, 150);
    return scrollY;
  });
  const stands = (await onHand(nora)) + 3;
  await addOne(3);
  await see(nora, "#item-figures", new RegExp(`\\b${stands}\\b`), 5000);
  const left = await nora.evaluate(() => ({
    typed: /** @type {HTMLInputElement} */ (document.activeElement).value,
    direction: document.querySelector("input[name=direction]:checked")?.getAttribute("value"),
    place: scrollY,
    untouched: Reflect.get(globalThis, "untouched"),
  }));
  assert.deepEqual(left, { typed: "12", direction: "in", place, untouched: true });
});

test("what somebody has marked is made new as soon as they let go of it", async () => {
  await nora.goto(`${line.address}/items/4`);
  const stood = await onHand(nora);
  await nora.evaluate(() =>
    getSelection()?.selectAllChildren(/** @type {Node} */ (document.getElementById("elsewhere"))),
  );
  await nora.evaluate(() =>
    getSelection()?.selectAllChildren(/** @type {Node} */ (document.getElementById("item-figures"))),
  );
  await addOne();
  await stateOf(ada, { waiting: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(await onHand(nora), stood, "it stays while it is marked");
  assert.ok(await nora.evaluate(() => String(getSelection()).length > 0));
  await nora.evaluate(() => getSelection()?.removeAllRanges());
  await see(nora, "#item-figures", new RegExp(`\\b${stood + 1}\\b`), 1000);
});

test("a list is made new around the row that has the focus", async () => {
  const name = await nora.$eval("h1", (one) => one.textContent?.split(" ")[0] ?? "");
  await nora.goto(`${line.address}/items?q=${name}`);
  const row = "#found a[href='/items/4']";
  const figure = () => nora.$eval(`${row} .row-figure`, (one) => one.textContent ?? "");
  const stood = await figure();
  await nora.$eval(row, (one) => {
    /** @type {HTMLElement} */ (one).focus();
    Object.assign(globalThis, { focused: one, list: one.closest("ul") });
  });
  await addOne();
  const changed = (/** @type {string} */ where, /** @type {string} */ before) =>
    document.querySelector(`${where} .row-figure`)?.textContent !== before;
  await nora.waitForFunction(changed, { timeout: 5000 }, row, stood);
  const left = await nora.evaluate(() => [
    Reflect.get(globalThis, "focused") === document.activeElement,
    Reflect.get(globalThis, "list").isConnected,
  ]);
  assert.deepEqual(left, [true, true]);
});

test("a page that shows nothing of what has changed is not asked for again", async () => {
  await nora.goto(`${line.address}/me`);
  /** @type {string[]} */
  const asked = [];
  const note = (/** @type {import("puppeteer-core").HTTPRequest} */ request) => asked.push(request.url());
  nora.on("request", note);
  await addOne();
  await stateOf(ada, { waiting: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  nora.off("request", note);
  assert.deepEqual(
    asked.filter((url) => url.endsWith("/me")),
    [],
  );
});

test("three pages of a browser hold one stream, and another takes over when its page is closed", async () => {
  const others = [await second.page(), await second.page()];
  for (const page of others) await page.goto(`${line.address}/items/4`);
  await stateOf(others[1], { live: true });
  for (const page of [nora, ...others]) assert.equal(await page.evaluate(() => document.visibilityState), "visible");
  const streams = () => line.open.get("/sync/live");
  // Each has had the time to open one.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(streams(), 2, "one for each browser");
  assert.ok(line.most("/sync/live") <= 3, "a stream may overlap the one it follows, no more");

  await nora.close();
  const stands = (await onHand(others[0])) + 2;
  await addOne(2);
  await see(others[0], "#item-figures", new RegExp(`\\b${stands}\\b`), 5000);
  await settled(() => streams() === 2);
  assert.equal(streams(), 2);
  assert.deepEqual([...first.problems, ...second.problems], []);
});

/** @param {() => boolean} holds */
async function settled(holds) {
  const until = Date.now() + 5000;
  while (!holds() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
}
