/** The way to the hub, on which a message may be answered by somebody else: a proxy that garbles, a hub that forgets. */

import { once } from "node:events";
import { request as ask, createServer } from "node:http";

/** @typedef {{status: number, body: string | Buffer, type?: string}} Told */
/** Null: the hub answers. @typedef {(path: string, body: string) => Told | null} Meddler */

export class RoughRoad {
  /** @type {Meddler} */
  meddler = () => null;
  #server = createServer((request, response) => this.#pass(request, response));

  /** @param {{port: number}} hub */
  constructor(hub) {
    this.hub = hub;
  }

  /** @param {{port: number}} hub */
  static async to(hub) {
    const road = new RoughRoad(hub);
    road.#server.listen(0, "127.0.0.1");
    await once(road.#server, "listening");
    return road;
  }

  get port() {
    return /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
  }

  smooth() {
    this.meddler = () => null;
  }

  async close() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  #pass(request, response) {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => this.#answer(request, Buffer.concat(pieces), response));
    request.on("error", () => response.destroy());
  }

  /**
   * @param {import("node:http").IncomingMessage} request @param {Buffer} body
   * @param {import("node:http").ServerResponse} response
   */
  #answer({ method, headers, url: path = "" }, body, response) {
    const told = this.meddler(path, body.toString());
    if (told !== null) {
      response.writeHead(told.status, { "content-type": told.type ?? "application/json" }).end(told.body);
      return;
    }
    const onward = ask({ host: "127.0.0.1", port: this.hub.port, method, headers, path }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    onward.end(body);
  }
}
