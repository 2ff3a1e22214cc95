import assert from "node:assert/strict";
import { test } from "node:test";
import { cardsOf, openBrowser, openPage } from "./browser.js";
import { openShopWindow } from "./shop_window.js";

const TEA = "5012345678900";
const SCENE = { format: "EAN13", text: TEA, frames: 300 };

/** A phone's own reader that says `answer` about every picture. */
const phoneReader = (/** @type {string} */ answer) => `globalThis.BarcodeDetector = class {
  static getSupportedFormats() {
    return Promise.resolve(
      ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix", "pdf417"]);
  }
  async detect(image) { ${answer} }
};\n`;

/**
 * A browser with the scan page before a running camera.
 * @param {import("node:test").TestContext} t
 * @param {import("./shop_window.js").Habits} [habits]
 * @param {object} [bad] what keeps the code from being seen well
 */
async function atTheCamera(t, habits, bad) {
  const shop = await openShopWindow(habits);
  const { browser, close } = await openBrowser({ camera: "plays", scenes: [{ frames: 15 }, { ...SCENE, ...bad }] });
  t.after(() => close().then(shop.close));
  const { page } = await openPage(browser);
  await page.goto(`${shop.address}/`);
  return { page, shop };
}

/** @param {import("puppeteer-core").Page} page */
async function readerThatSawTea(page) {
  await page.waitForSelector('#scan-list [data-item="12"]', { timeout: 60_000 });
  assert.deepEqual(await cardsOf(page), ["Earl Grey tea"]);
  return page.$eval("section#scan", (section) => section.dataset.readBy);
}

test("the phone's own reader reads where there is one", async (t) => {
  const seesTea = `return [{ rawValue: "${TEA}", format: "ean_13",
    boundingBox: { x: image.width / 2 - 50, y: image.height / 2 - 20, width: 100, height: 40 } }];`;
  const { page } = await atTheCamera(t, { decoderBegins: phoneReader(seesTea) });
  assert.equal(await readerThatSawTea(page), "native");
});

test("what the phone's own reader cannot see, the other one reads", async (t) => {
  const { page } = await atTheCamera(t, { decoderBegins: phoneReader("return [];") });
  assert.equal(await readerThatSawTea(page), "zxing");
});

test("when the phone's own reader gives up, the other one takes over", async (t) => {
  const { page } = await atTheCamera(t, {
    decoderBegins: phoneReader('throw new DOMException("away", "UnknownError");'),
  });
  assert.equal(await readerThatSawTea(page), "zxing");
});

for (const [name, bad, reader] of /** @type {[string, object, string][]} */ ([
  ["blurred", { blur: 2.3 }, "zbar"],
  ["in the dark", { light: 0.2 }, "zxing"],
  ["scratched and askew", { scratches: 3, turn: 12 }, "zxing"],
]))
  test(`a code that is ${name} is read`, async (t) => {
    const { page } = await atTheCamera(t, {}, bad);
    assert.equal(await readerThatSawTea(page), reader);
  });

test("the camera reads without a network from what a service worker keeps", async (t) => {
  const { page, shop } = await atTheCamera(t);
  await page.evaluate(async () => {
    const ready = navigator.serviceWorker.ready;
    await navigator.serviceWorker.register("/service_worker.js");
    await ready;
    // Last of all, or the camera may have kept one more read in between.
    addEventListener("pagehide", () => sessionStorage.clear());
  });
  shop.goDark();
  await page.reload();
  await page.waitForSelector(`#scan-list [data-outcome=waiting][data-code="${TEA}"]`, { timeout: 20_000 });
  assert.deepEqual(await cardsOf(page), [TEA]);
});
