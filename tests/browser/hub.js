/** The real program on a demo chain of its own, to be killed and started again as a power cut would. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const TOP = fileURLToPath(new URL("../../", import.meta.url));
const OWN = join(TOP, ".venv/bin/stockhand");
export const STOCKHAND = existsSync(OWN) ? OWN : "stockhand";
const READY_WITHIN_MS = 60_000;

export class Hub {
  /** @type {import("node:child_process").ChildProcess | null} */
  #process = null;
  said = "";

  /** @param {string} data @param {number} port @param {"demo" | "serve"} [word] what it is started with */
  constructor(data, port, word = "demo") {
    this.data = data;
    this.word = word;
    this.port = port;
    this.address = `http://127.0.0.1:${port}`;
  }

  /** Starts the program and waits until it answers. @param {string} [top] the checkout whose program it is */
  async start(top = TOP) {
    // After a test that failed it may still run.
    await this.kill();
    const words = [this.word, "--data", this.data, "--port", String(this.port)];
    const env = { ...process.env, PYTHONPATH: top };
    const child = spawn(STOCKHAND, words, { cwd: top, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        this.said += text;
      });
    }
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the hub did not start:\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends it without a chance to tidy up. */
  async kill() {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** @param {string[]} words */
  command(...words) {
    return spawnSync(STOCKHAND, words, { cwd: TOP, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  async close() {
    await this.kill();
    // What the hub had set to work may still be writing there for a moment.
    rmSync(this.data, { recursive: true, force: true, maxRetries: 10 });
  }

  async #answers() {
    try {
      return (await fetch(`${this.address}/readyz`)).ok;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  }
}

/** A hub on a data folder of its own and a free port. */
export async function openHub() {
  const hub = new Hub(mkdtempSync(join(tmpdir(), "hub-")), await freePort());
  // A shop that was filled beforehand is copied, which is sooner done than filled.
  if (process.env.FILLED_SHOP) cpSync(process.env.FILLED_SHOP, hub.data, { recursive: true });
  await hub.start();
  return hub;
}

/** A hub without a shop, as it is on its first day. */
export async function openEmptyHub() {
  const hub = new Hub(mkdtempSync(join(tmpdir(), "hub-")), await freePort(), "serve");
  await hub.start();
  return hub;
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
