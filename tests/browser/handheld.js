/** A phone that can be switched off and on again: one profile, one Chromium, pages that remember what went wrong. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser, openPage } from "./scan/browser.js";
import { PHONE } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

// What a browser itself says when the hub is away, and what a page was told in so many words.
const EXPECTED =
  /\/sync\/|status of 422|status of 404 \(\) \S+\/transfers\/|ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INTERNET_DISCONNECTED|INCOMPLETE)/;

const PAUSED_MS = 500;

export class Handheld {
  #profile = mkdtempSync(join(tmpdir(), "handheld-"));
  /** @type {() => Promise<void>} */
  #close = async () => undefined;
  /** @type {import("puppeteer-core").CDPSession | null} */
  #worker = null;
  /** Scripts that broke, policies that were hurt. @type {string[]} */
  problems = [];
  /** @type {{ path: string, status: number, fromWorker: boolean, policy: string }[]} */
  documents = [];

  /** Switches it on: a browser on the same storage as before. @returns {Promise<Page>} */
  async start() {
    const { browser, close } = await openBrowser({ profile: this.#profile });
    this.browser = browser;
    this.#close = close;
    return await this.page();
  }

  /** One more page, in a window of its own: pages side by side are all seen. */
  async page() {
    const browser = this.browser;
    const { page } = await openPage({ newPage: () => browser.newPage({ type: "window" }) });
    await page.setViewport(PHONE);
    await this.#letWorkersStart(page);
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      const told = `${message.text()} ${message.location().url ?? ""}`;
      if (message.type() === "error" && !EXPECTED.test(told)) this.problems.push(told);
    });
    page.on("response", (response) => {
      if (response.request().resourceType() !== "document") return;
      const policy = response.headers()["content-security-policy"] ?? "";
      const path = response.url().replace(/^https?:\/\/[^/]+/, "");
      this.documents.push({ path, status: response.status(), fromWorker: response.fromServiceWorker(), policy });
    });
    return page;
  }

  /**
   * A worker that is woken in the moment it is stopped starts under the eyes of the protocol, which pauses it, and
   * puppeteer has let go of it by then: nobody would tell it to go on.
   * @param {Page} page
   */
  async #letWorkersStart(page) {
    const { browser } = this;
    const [watching, whole] = await Promise.all([page.createCDPSession(), browser.target().createCDPSession()]);
    /** @param {string} targetId */
    const goOn = async (targetId) => {
      const { sessionId } = await whole.send("Target.attachToTarget", { targetId, flatten: true });
      const worker = whole.connection()?.session(sessionId);
      await worker?.send("Runtime.runIfWaitingForDebugger");
      await worker?.detach();
    };
    watching.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      for (const { runningStatus, targetId } of versions) {
        // It may be gone again by then, and so may the browser.
        if (runningStatus === "starting" && targetId) setTimeout(() => Promise.allSettled([goOn(targetId)]), PAUSED_MS);
      }
    });
    await watching.send("ServiceWorker.enable");
  }

  /** Switches it off; its storage stays. */
  async stop() {
    await this.#close();
    this.#close = async () => undefined;
    this.#worker = null;
  }

  /** Takes the network from the phone, pages and worker, or gives it back. @param {Page} page @param {boolean} isOffline */
  async flightMode(page, isOffline) {
    const wanted = { offline: isOffline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    if (isOffline) await page.setOfflineMode(true);
    const target = await this.browser.waitForTarget((one) => one.type() === "service_worker");
    // What one session of the protocol took away only the same one gives back.
    this.#worker ??= await target.createCDPSession();
    await this.#worker.send("Network.enable");
    await this.#worker.send("Network.emulateNetworkConditions", wanted);
    if (!isOffline) await page.setOfflineMode(false);
  }

  async throwAway() {
    await this.stop();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** @param {import("node:test").TestContext} t */
export async function openHandheld(t) {
  const handheld = new Handheld();
  t.after(() => handheld.throwAway());
  return { handheld, page: await handheld.start() };
}
