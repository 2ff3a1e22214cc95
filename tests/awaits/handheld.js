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
  #registration = "";
  /** Ids of which a page has heard that they are saved. @type {string[]} */
  saved = [];

  /** @param {string} address of the hub */
  constructor(address) {
    this.address = address;
  }

  async start() {
    this.#opened = await openBrowser({ profile: this.#profile });
    await this.open();
  }

  /** A page without scripts of its own, in place of the one before. */
  async open() {
    const before = this.page;
    this.page = await this.#opened.browser.newPage();
    this.#session = null;
    this.#running.clear();
    before?.close().catch(() => undefined);
    await this.page.goto(`${this.address}/healthz`);
    await this.page.evaluate(speak);
  }

  /** With a worker. */
  async install() {
    await this.page.evaluate(deeds.install, { lives: Date.now(), point: 0 });
  }

  /** @typedef {{died: boolean, told: any}} Run */

  /** Whether the worker died at a point while this ran in the page, and what it gave back. @param {(...given: any[]) => any} work @param {...any} given @returns {Promise<Run>} */
  async run(work, ...given) {
    const died = this.page.waitForFunction(() => globalThis.heard.died > 0, { polling: 20, timeout: 60_000 });
    const done = this.page.evaluate(work, ...given);
    const first = await Promise.race([died.then(() => ({ died: true })), done.then((told) => ({ died: false, told }))]);
    for (const rest of [died, done]) rest.catch(() => undefined);
    return { told: null, ...first };
  }

  /** @param {string} what @param {unknown} [how] @returns {Promise<any>} */
  async ask(what, how) {
    return await this.page.evaluate((name, said) => globalThis.ask(name, said), what, how);
  }

  /** Ends the worker between two of its tasks, as a browser does it that wants the memory. */
  async stop() {
    this.#session ??= await this.#watched();
    const until = Date.now() + 20_000;
    do {
      await this.#session.send("ServiceWorker.stopAllWorkers");
      for (let times = 0; times < 50 && this.#runs(); times += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } while (this.#runs() && Date.now() < until);
    await this.gather();
  }

  /** Kills the processes of the pages and the worker, as a phone short of memory does it. */
  async crash() {
    await this.gather();
    const session = await this.#opened.browser.target().createCDPSession();
    const renderers = async () => {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    };
    const killed = await renderers();
    for (const id of killed) kill(id);
    // A page that is opened in a process which the browser believes alive never opens.
    while ((await renderers()).some((id) => killed.includes(id))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await session.detach();
    await this.open();
  }

  /** The browser tells the worker that the network is back. */
  async sync() {
    this.#session ??= await this.#watched();
    const { origin } = new URL(this.address);
    const about = { origin, registrationId: this.#registration, tag: "outbox", lastChance: false };
    await this.#session.send("ServiceWorker.dispatchSyncEvent", about);
  }

  /** What the page has heard is kept where no crash takes it. */
  async gather() {
    this.saved.push(...(await this.page.evaluate(() => globalThis.saved.splice(0))));
  }

  #runs() {
    return [...this.#running.values()].some((status) => status !== "stopped");
  }

  async #watched() {
    const session = await this.page.createCDPSession();
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      for (const { registrationId, isDeleted } of registrations) if (!isDeleted) this.#registration = registrationId;
    });
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

/** Runs in the page: how it speaks with the worker. */
function speak() {
  const channel = new BroadcastChannel("awaits");
  const heard = { died: 0 };
  const ask = async (what, how) => {
    const { active } = await navigator.serviceWorker.ready;
    const answered = new Promise((resolve, reject) => {
      const hear = ({ data }) => {
        if (data.answer !== what) return;
        clearInterval(again);
        channel.removeEventListener("message", hear);
        if (data.wrong) reject(new Error(data.wrong));
        else resolve(data);
      };
      channel.addEventListener("message", hear);
      // A worker that was just being stopped takes a message with it.
      const post = () => active?.postMessage({ ask: what, how });
      const again = setInterval(post, 5000);
      post();
    });
    return await answered;
  };
  Object.assign(globalThis, { heard, ask, saved: [], still: () => ask("standing") });
  channel.addEventListener("message", ({ data }) => Object.assign(heard, data));
}

/** @param {number} id of a process of the browser; it may have ended by itself since */
function kill(id) {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}
