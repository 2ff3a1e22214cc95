/** What a person does with a phone: sign in, type, tap, look. */

import assert from "node:assert/strict";

/** @typedef {import("puppeteer-core").Page} Page */

export const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export const PASSWORDS = /** @type {Record<string, string>} */ ({
  ada: "quiet-otter-green-tram",
  bo: "brave-heron-copper-quay",
  nora: "amber-bridge-silver-pear",
  anouk: "north-candle-river-plum",
  sam: "plain-anchor-seven-keys",
});

/**
 * Signs in and waits until the phone works on its own.
 * @param {Page} page @param {string} address @param {string} username
 */
export async function signIn(page, address, username) {
  await page.goto(`${address}/sign-in`);
  await page.type("input[name=username]", username);
  await page.type("input[name=password]", PASSWORDS[username]);
  await page.click("form button:not([type=button])");
  await page.waitForFunction(() => location.pathname === "/" && navigator.serviceWorker.controller !== null, {
    timeout: 30_000,
  });
  await stateOf(page, { waiting: 0, live: true });
}

/**
 * Waits until the phone's own word about itself is as wished: live or not, so many waiting.
 * @param {Page} page @param {{live?: boolean, waiting?: number, paused?: string, storage?: string}} wished @param {number} [withinMs]
 */
export async function stateOf(page, wished, withinMs = 15_000) {
  const until = Date.now() + withinMs;
  let state;
  do {
    state = await page.evaluate(askState);
    if (Object.entries(wished).every(([name, value]) => state[name] === value)) return state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < until);
  return assert.fail(`after ${withinMs} ms the phone said ${JSON.stringify(state)}, not ${JSON.stringify(wished)}`);
}

/** Runs in the page. @returns {Promise<any>} */
function askState() {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel("stockhand");
    const done = (/** @type {any} */ state) => {
      channel.close();
      resolve(state);
    };
    channel.onmessage = ({ data }) => data.type === "state" && done(data.state);
    setTimeout(done, 1000, {});
    navigator.serviceWorker.controller?.postMessage({ type: "state?" });
  });
}

/** Waits until a text stands on the page. @param {Page} page @param {string} selector @param {RegExp} text @param {number} [withinMs] */
export async function see(page, selector, text, withinMs = 10_000) {
  await page.waitForFunction(
    (where, source) =>
      [...document.querySelectorAll(where)].some((one) => new RegExp(source).test(one.textContent ?? "")),
    { timeout: withinMs, polling: 20 },
    selector,
    text.source,
  );
}

/** Taps something where no bar lies over it. @param {Page} page @param {string} selector */
export async function tap(page, selector) {
  await page.waitForSelector(selector, { visible: true });
  await page.$eval(selector, (one) => one.scrollIntoView({ block: "center" }));
  await page.click(selector);
}

/** Taps something and waits until the page of the given path is shown. @param {Page} page @param {string} selector @param {RegExp} path */
export async function tapTo(page, selector, path) {
  await tap(page, selector);
  await page.waitForFunction((source) => new RegExp(source).test(location.pathname), { timeout: 10_000 }, path.source);
}

/** Types into a field instead of what stands in it. @param {Page} page @param {string} selector @param {string} text */
export async function retype(page, selector, text) {
  await page.waitForSelector(selector);
  await page.$eval(selector, (one) => {
    /** @type {HTMLInputElement} */ (one).value = "";
  });
  await page.type(selector, text);
}

const CLOSING = { Enter: { windowsVirtualKeyCode: 13, text: "\r" }, Tab: { windowsVirtualKeyCode: 9 } };

/**
 * Types as a hardware scanner does: the keys follow each other without waiting for what the page makes of them.
 * @param {import("puppeteer-core").Page} page
 * @param {string} code
 * @param {"Enter" | "Tab"} end
 */
export async function wedge(page, code, end = "Enter") {
  const keys = await page.createCDPSession();
  const press = (/** @type {object} */ key) => [
    keys.send("Input.dispatchKeyEvent", { type: "keyDown", ...key }),
    keys.send("Input.dispatchKeyEvent", { type: "keyUp", ...key }),
  ];
  const pressed = [...code].flatMap((key) => press({ key, text: key }));
  await Promise.all([...pressed, ...press({ key: end, code: end, ...CLOSING[end] })]);
  await keys.detach();
}
