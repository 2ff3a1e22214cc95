/** What a page of the product shows, and when: runs in it before its own scripts. */

/** @typedef {{ held: number, painted: number }} Took milliseconds from the key or the tap, by the browser's own time of it */

const PATIENCE_MS = 20_000;

/**
 * Offers the page `expect(type, key, selector)`: from the next such event on, until an element of that selector stands
 * in the document that did not before, and until it has been painted. `timing` is then kept.
 */
export function watch() {
  let mine = { type: "", key: "", selector: "", came: 0, held: 0, painted: 0, end: (/** @type {any} */ _) => {} };
  /** @type {WeakSet<Element>} */
  let old = new WeakSet();
  const look = () => {
    if (mine.came === 0 || mine.held > 0) return;
    const found = document.querySelector(mine.selector);
    if (!found || old.has(found)) return;
    const timing = mine;
    timing.held = performance.now() - timing.came;
    requestAnimationFrame(() => {
      // A message is delivered once the frame is drawn.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        timing.painted = performance.now() - timing.came;
        timing.end({ held: timing.held, painted: timing.painted });
      };
      port2.postMessage(null);
    });
  };
  const everything = { subtree: true, childList: true, attributes: true };
  new MutationObserver(look).observe(document, everything);
  const hear = (/** @type {any} */ event) => {
    if (event.type === mine.type && mine.came === 0 && (!mine.key || event.key === mine.key)) {
      mine.came = event.timeStamp;
    }
  };
  window.addEventListener("keydown", hear, true);
  window.addEventListener("click", hear, true);
  Object.assign(globalThis, {
    /** @param {string} type @param {string} key "" for any @param {string} selector */
    expect(type, key, selector) {
      old = new WeakSet(document.querySelectorAll(selector));
      const taken = new Promise((end) => {
        mine = { type, key, selector, came: 0, held: 0, painted: 0, end };
      });
      Object.assign(globalThis, { taken });
    },
    timing: () => mine,
  });
}

/** @param {import("puppeteer-core").Page} page @param {string} type @param {string} key @param {string} selector */
export function expect(page, type, key, selector) {
  return page.evaluate(
    (...what) => {
      Reflect.get(globalThis, "expect")(...what);
    },
    type,
    key,
    selector,
  );
}

/**
 * Asked once, and answered when it has happened: a page that is asked again and again has less time for its own work.
 * @param {import("puppeteer-core").Page} page @returns {Promise<Took>}
 */
export async function took(page) {
  const given = await page.evaluate((patience_ms) => {
    const late = new Promise((resolve) => setTimeout(resolve, patience_ms, null));
    return Promise.race([Reflect.get(globalThis, "taken"), late]);
  }, PATIENCE_MS);
  if (given === null) throw new Error(`what was waited for did not come: ${await page.evaluate(() => location.href)}`);
  return given;
}
