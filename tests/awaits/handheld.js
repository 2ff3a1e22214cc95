/** A real browser whose worker dies at a point and whose process is killed there; and the real hub beside it. */

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hub } from "../browser/hub.js";
import { openBrowser } from "../browser/scan/browser.js";
import { deeds } from "./day.js";
import { mark, TOP } from "./points.js";

/** A checkout in which every `await` of the phone is marked. @param {string} folder */
export function markedCheckout(folder) {
  const isOurs = (/** @type {string} */ path) => !/node_modules|__pycache__/.test(path);
  for (const place of ["server", "sync", "sw", "web"]) {
    cpSync(join(TOP, place), join(folder, place), { recursive: true, filter: isOurs });
  }
  cpSync(join(TOP, "manifest.json"), join(folder, "manifest.json"));
  cpSync(join(TOP, "pyproject.toml"), join(folder, "pyproject.toml"));
  symlinkSync(join(TOP, "web/node_modules"), join(folder, "web/node_modules"));
  const points = mark(folder);
  cpSync(join(TOP, "tests/awaits/worker_points.js"), join(folder, "sw/worker_points.js"));
  const worker = join(folder, "sw/service_worker.js");
  const text = readFileSync(worker, "utf8").replace(
    "const phone = createPhone(",
    "const phone = globalThis.$phone = createPhone(",
  );
  writeFileSync(worker, `import "./worker_points.js";\n${text}`);
  return points;
}

/** @param {string} top of the checkout @param {number} port */
export async function openMarkedHub(top, port) {
  const hub = new Hub(mkdtempSync(join(tmpdir(), "hub-")), port);
  await hub.start(top);
  return hub;
}

export class MortalHandheld {
  #profile = mkdtempSync(join(tmpdir(), "mortal-"));
  /** @type {Map<string, string>} */
  #running = new Map();
  /** @type {any} */
  #opened = null;
  /** @type {any} */
  #session = null;

  /** @param {string} address of the hub */
  constructor(address) {
    this.address = address;
  }

  async start() {
    this.#opened = await openBrowser({ profile: this.#profile });
    await this.#open();
  }

  /** A page without scripts of its own. */
  async #open() {
    this.page = await this.#opened.browser.newPage();
    await this.page.goto(`${this.address}/healthz`);
    await this.page.evaluate(() => {
      const channel = new BroadcastChannel("awaits");
      const heard = { died: 0 };
      const ask = async (what, point = 0) => {
        const { active } = await navigator.serviceWorker.ready;
        const answered = new Promise((resolve) => {
          const hear = ({ data }) => {
            if (data.answer !== what) return;
            clearInterval(again);
            channel.removeEventListener("message", hear);
            resolve(data);
          };
          channel.addEventListener("message", hear);
          // A worker that was just being stopped takes a message with it.
          const post = () => active?.postMessage({ ask: what, point });
          const again = setInterval(post, 5000);
          post();
        });
        return await answered;
      };
      Object.assign(globalThis, { heard, ask, saved: [], still: () => ask("standing") });
      channel.addEventListener("message", ({ data }) => Object.assign(heard, data));
    });
  }

  /** Signed in, with a worker, and everything here. @param {string} username @param {string} password @param {number} person */
  async signIn(username, password, person) {
    await this.page.evaluate(
      async (fields) => {
        await navigator.serviceWorker.register("/service_worker.js", { type: "module", scope: "/" });
        await navigator.serviceWorker.ready;
        await fetch("/sign-in", { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
        if (navigator.serviceWorker.controller) return;
        await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
      },
      { username, password },
    );
    await this.page.evaluate(deeds.arrive, { ids: [], item: 0, person });
  }

  /** Whether the worker died at a point while this ran in the page. @param {(...given: any[]) => any} work @param {...any} given */
  async run(work, ...given) {
    const died = this.page.waitForFunction(() => globalThis.heard.died > 0, { polling: 20, timeout: 60_000 });
    const done = this.page.evaluate(work, ...given);
    const first = await Promise.race([died.then(() => true), done.then(() => false)]);
    for (const rest of [died, done]) rest.catch(() => undefined);
    return first;
  }

  /** @param {string} ask @param {number} [point] @returns {Promise<any>} */
  async ask(ask, point) {
    return await this.page.evaluate((what, at) => globalThis.ask(what, at), ask, point);
  }

  /** Ends the worker where it stands, as a browser short of memory does it; done when nothing of it is left. */
  async kill() {
    this.#session ??= await this.#watched();
    const until = Date.now() + 20_000;
    do {
      await this.#session.send("ServiceWorker.stopAllWorkers");
      for (let times = 0; times < 50 && this.#runs(); times += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } while (this.#runs() && Date.now() < until);
    await this.page.evaluate(() => Object.assign(globalThis.heard, { died: 0 }));
  }

  #runs() {
    return [...this.#running.values()].some((status) => status !== "stopped");
  }

  async #watched() {
    const session = await this.page.createCDPSession();
    session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      for (const { versionId, runningStatus } of versions) this.#running.set(versionId, runningStatus);
    });
    await session.send("ServiceWorker.enable");
    return session;
  }

  async throwAway() {
    await this.#opened?.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
