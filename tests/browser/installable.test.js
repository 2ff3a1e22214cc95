/** Stockhand on a home screen: what a browser asks of an app, and a new release that waits until it is wanted. */

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { nextRelease } from "./next_release.js";
import { outboxRows } from "./own_storage.js";
import { retype, see, signIn, stateOf, tap, tapTo } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {import("./hub.js").Hub} */
let hub;
// Long enough for the old worker to be asked in vain.
const BUSY_MS = 1_500;
const handheld = new Handheld();
/** @type {Page} */
let page;

before(async () => {
  hub = await openHub();
  page = await handheld.start();
  await signIn(page, hub.address, "ada");
});
after(async () => {
  await handheld.throwAway();
  await hub.close();
});

/** Where the files of the page come from. */
const release = () => page.$eval("link[rel=stylesheet]", (one) => /\/static\/(\w+)\//.exec(one.href)?.[1] ?? "");

/** Waits until the page comes from another release, however often it loads for that. @param {string} old */
async function otherThan(old) {
  const isOther = (/** @type {string} */ before) => {
    const sheet = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=stylesheet]"));
    return sheet !== null && !sheet.href.includes(`/${before}/`);
  };
  await page.waitForFunction(isOther, { timeout: 25_000, polling: 100 }, old);
  await page.waitForFunction(() => document.readyState === "complete");
}

test("Chromium finds nothing that keeps it from being installed", async () => {
  const protocol = await page.createCDPSession();
  const { installabilityErrors } = await protocol.send("Page.getInstallabilityErrors");
  // An incognito window installs nothing; any other reason would be ours.
  assert.deepEqual(
    installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"),
    [],
  );
  const { url, errors, data } = await protocol.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  assert.equal(new URL(url).pathname, "/manifest.json");
  const manifest = JSON.parse(data ?? "");
  assert.deepEqual([manifest.name, manifest.start_url, manifest.display], ["Stockhand", "/", "standalone"]);
  const purposes = manifest.icons.map((/** @type {any} */ icon) => icon.purpose);
  assert.ok(purposes.includes("maskable") && purposes.includes("any"));
});

test("every icon of the manifest and of iOS is a picture of the size it claims", async () => {
  const claims = await page.evaluate(async () => {
    const home = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=manifest]")).href;
    const manifest = await (await fetch(home)).json();
    const shortcuts = manifest.shortcuts.flatMap((/** @type {any} */ one) => one.icons);
    const apple = [...document.querySelectorAll("link[rel=apple-touch-icon]")].map((link) => ({
      src: /** @type {HTMLLinkElement} */ (link).href,
      sizes: link.getAttribute("sizes") ?? "180x180",
    }));
    return await Promise.all(
      [...manifest.icons, ...shortcuts, ...apple].map(async ({ src, sizes }) => {
        const picture = new Image();
        picture.src = new URL(src, home).href;
        await picture.decode();
        return { src, claimed: sizes, is: `${picture.naturalWidth}x${picture.naturalHeight}` };
      }),
    );
  });
  assert.ok(claims.length >= 6);
  for (const { src, claimed, is } of claims) assert.ok(claimed === "any" || claimed === is, `${src} is ${is}`);
});

test("the browser's own bar takes the colours of the page, by day and by night", async () => {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const [bar, ground] = await page.evaluate(() => {
      const metas = /** @type {HTMLMetaElement[]} */ ([...document.querySelectorAll("meta[name=theme-color]")]);
      const meta = metas.find((one) => !one.media || matchMedia(one.media).matches);
      const ink = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const painted = (/** @type {string} */ colour) => {
        if (!ink) return "";
        ink.fillStyle = colour;
        ink.fillRect(0, 0, 1, 1);
        return ink.getImageData(0, 0, 1, 1).data.join();
      };
      return [meta?.content ?? "", getComputedStyle(document.body).backgroundColor].map(painted);
    });
    assert.notEqual(bar, "0,0,0,0");
    assert.equal(bar, ground, scheme);
  }
  await page.emulateMediaFeatures([]);
});

test("a new release is offered, waits, and is taken only when somebody says so", { timeout: 120_000 }, async (t) => {
  const top = nextRelease();
  t.after(() => rmSync(top, { recursive: true, force: true }));
  await page.goto(`${hub.address}/items/4`);
  const old = await release();
  await retype(page, "input[name=quantity]", "5");
  await page.evaluate(() => Object.assign(globalThis, { untouched: true }));
  await hub.kill();
  await hub.start(top);

  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await page.waitForSelector("#update-offer:not([hidden])", { timeout: 20_000 });
  const left = await page.evaluate(() => [
    Reflect.get(globalThis, "untouched"),
    /** @type {HTMLInputElement} */ (document.querySelector("input[name=quantity]")).value,
  ]);
  assert.deepEqual(left, [true, "5"], "nothing happens under somebody's hands");
  await tap(page, "label:has(input[name=direction][value=in])");
  await tap(page, "button[name=reason][value=found]");
  await see(page, "#recent", /5/);
  await stateOf(page, { waiting: 0 });
  await tapTo(page, "a.tab[href='/items']", /^\/items$/);
  assert.equal(await release(), old);
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, "untouched")), true);
  assert.ok(await page.$("#update-offer:not([hidden])"), "the offer stands on the next page too");

  await page.click("[data-update]");
  await otherThan(old);
  const isHere = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--next-release"));
  assert.equal((await isHere()).trim(), "here");
  assert.ok(await page.$("#update-offer[hidden]"), "nothing is offered any more");
  assert.equal((await page.evaluate(outboxRows, "journal")).length, 1, "what was done before is still known");
  await hub.kill();
  await page.reload();
  assert.equal((await isHere()).trim(), "here", "and it works without the hub");
  assert.deepEqual(handheld.problems, []);
});

test("a worker that is busy when the next release is taken makes room soon after", { timeout: 120_000 }, async (t) => {
  const top = nextRelease("again");
  t.after(() => rmSync(top, { recursive: true, force: true }));
  await hub.start(top);
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await page.waitForSelector("#update-offer:not([hidden])", { timeout: 20_000 });
  const old = await release();
  await page.evaluate((busyMs) => {
    const wake = setInterval(() => navigator.serviceWorker.controller?.postMessage({ type: "state?" }), 1);
    setTimeout(() => clearInterval(wake), busyMs);
  }, BUSY_MS);
  await page.click("[data-update]");
  await otherThan(old);
  await hub.kill();
});

test("files that the browser has let go of come back while the hub is there", async () => {
  await hub.start();
  await page.evaluate(async () => Promise.all((await caches.keys()).map((name) => caches.delete(name))));
  const files = () => page.evaluate(async () => (await (await caches.open((await caches.keys())[0])).keys()).length);
  await page.reload();
  await page.waitForFunction(async () => (await caches.keys()).length > 0);
  const until = Date.now() + 10_000;
  while ((await files()) < 50 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok((await files()) >= 50);
  await hub.kill();
  await page.reload();
  assert.equal(await page.evaluate(() => typeof Reflect.get(globalThis, "htmx")), "object");
});
