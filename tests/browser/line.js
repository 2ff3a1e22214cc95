/** The line between phones and a hub: it can be cut and mended, hold an answer back, and count what is open. */

import { once } from "node:events";
import { request as ask, createServer } from "node:http";

export class Line {
  #hub;
  #server = createServer((request, response) => this.#pass(request, response));
  /** Paths whose answers are held back, each with the promise that lets them go. @type {Map<string, Promise<void>>} */
  #held = new Map();
  /** Requests that have arrived, as `POST /path`, in order. @type {string[]} */
  asked = [];
  /** Requests whose answers are not at their end, by path. @type {Map<string, number>} */
  open = new Map();
  /** The most of them at a time, by path. @type {Map<string, number>} */
  #most = new Map();

  /** @param {import("./hub.js").Hub} hub */
  constructor(hub) {
    this.#hub = hub;
  }

  async start() {
    this.#server.listen(this.port ?? 0, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
    this.address = `http://127.0.0.1:${this.port}`;
    return this;
  }

  get isOpen() {
    return this.#server.listening;
  }

  /** Everything under way breaks off, and nobody answers from now on. */
  async cut() {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async mend() {
    await this.start();
  }

  /** Answers of this path arrive here and go no further until the given function is called. @param {string} path */
  hold(path) {
    /** @type {() => void} */
    let letGo = () => undefined;
    const freed = new Promise((resolve) => {
      letGo = () => resolve(undefined);
    });
    this.#held.set(path, freed);
    return () => {
      this.#held.delete(path);
      letGo();
    };
  }

  /** Waits until a path was asked for so many times. @param {string} what as in `asked` @param {number} times */
  async heard(what, times) {
    const until = Date.now() + 15_000;
    while (this.asked.filter((one) => one === what).length < times) {
      if (Date.now() > until) throw new Error(`${what} was not asked for ${times} times`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** How many requests for a path were open at the same time, at most. @param {string} path */
  most(path) {
    return this.#most.get(path) ?? 0;
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  #pass(request, response) {
    const path = (request.url ?? "").split("?")[0];
    this.asked.push(`${request.method} ${path}`);
    this.#count(path, 1);
    response.on("close", () => this.#count(path, -1));
    const { method, headers, url } = request;
    const onward = ask({ host: "127.0.0.1", port: this.#hub.port, method, headers, path: url }, async (answer) => {
      await this.#held.get(path);
      if (response.destroyed) answer.destroy();
      else answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }

  /** @param {string} path @param {number} more */
  #count(path, more) {
    const now = (this.open.get(path) ?? 0) + more;
    this.open.set(path, now);
    this.#most.set(path, Math.max(now, this.most(path)));
  }
}

/** @param {import("./hub.js").Hub} hub */
export async function openLine(hub) {
  return await new Line(hub).start();
}
