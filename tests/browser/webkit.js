/** WebKitGTK as its own driver offers it: W3C WebDriver over HTTP, on a screen that nobody sees. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./hub.js";

const DRIVER = "/usr/bin/WebKitWebDriver";
const SCREEN = "/usr/bin/Xvfb";
const READY_WITHIN_MS = 20_000;
const SCRIPT_MS = 30_000;
const STATE = "return document.readyState";

/** Debian keeps it beside the library whose browser it is. */
function miniBrowser() {
  const libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"].filter(existsSync);
  const folders = libraries.flatMap((library) => readdirSync(library).map((name) => join(library, name)));
  return folders.map((folder) => join(folder, "MiniBrowser")).find(existsSync);
}

/** @returns {string} the Debian package that is not here, or nothing */
export function missingForWebkit() {
  if (!existsSync(DRIVER) || !miniBrowser()) return "webkit2gtk-driver";
  return existsSync(SCREEN) ? "" : "xvfb";
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {() => Promise<boolean>} isReady
 */
async function started(child, isReady) {
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${child.spawnfile} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every process it starts is a child of the driver, and goes with it. @param {import("node:child_process").ChildProcess} child */
async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** A screen of its own: Xvfb takes the first free number and says which. */
async function openScreen() {
  const child = spawn(SCREEN, ["-displayfd", "3", "-screen", "0", "500x900x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const told = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
  let number = "";
  told.on("data", (text) => {
    number += text;
  });
  await started(child, async () => number.includes("\n"));
  return { child, display: `:${number.trim()}` };
}

/** @typedef {{ goto(url: string): Promise<void>, run(work: (...given: any[]) => any, ...given: unknown[]): Promise<any>,
 *   show(): Promise<void>, another(): Promise<Window>, close(): Promise<void> }} Window `close` ends the browser with all windows */

/** @returns {Promise<Window>} */
export async function openWebkit() {
  const folder = mkdtempSync(join(tmpdir(), "webkit-"));
  const screen = await openScreen();
  const port = await freePort();
  const surroundings = { ...process.env, DISPLAY: screen.display, HOME: folder, XDG_RUNTIME_DIR: folder };
  const driver = spawn(DRIVER, [`--port=${port}`, "--host=127.0.0.1"], { env: surroundings, stdio: "ignore" });
  const ask = asking(`http://127.0.0.1:${port}`);
  await started(driver, () => ask("GET", "/status").then(Boolean, () => false));
  const options = { binary: miniBrowser(), args: ["--automation"] };
  const wishes = { alwaysMatch: { "webkitgtk:browserOptions": options, timeouts: { script: SCRIPT_MS } } };
  const { sessionId } = await ask("POST", "/session", { capabilities: wishes });
  const at = `/session/${sessionId}`;
  const close = async () => {
    await ask("DELETE", at);
    await ended(driver);
    await ended(screen.child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  return windowOf((method, path, body) => ask(method, at + path, body), await ask("GET", `${at}/window`), close);
}

/** @param {ReturnType<typeof asking>} ask @param {string} handle @param {() => Promise<void>} close @returns {Window} */
function windowOf(ask, handle, close) {
  const to = () => ask("POST", "/window", { handle });
  return {
    async goto(url) {
      await to();
      await ask("POST", "/url", { url });
      // For a page that a worker made this engine's driver comes back before its scripts have run.
      const state = () => ask("POST", "/execute/sync", { script: STATE, args: [] });
      while ((await state()) !== "complete") await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async run(work, ...given) {
      await to();
      const done = "const done = arguments[arguments.length - 1];";
      const script = `${done}(async () => (${work})(...${JSON.stringify(given)}))().then(
        (value) => done({ value }), (error) => done({ error: String(error) }));`;
      const told = await ask("POST", "/execute/async", { script, args: [] });
      if (told.error) throw new Error(told.error);
      return told.value;
    },
    show: to,
    another: async () => windowOf(ask, (await ask("POST", "/window/new", { type: "tab" })).handle, close),
    close,
  };
}

/** @param {string} address @returns {(method: string, path: string, body?: unknown) => Promise<any>} */
function asking(address) {
  return async (method, path, body) => {
    const answer = await fetch(address + path, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
}
