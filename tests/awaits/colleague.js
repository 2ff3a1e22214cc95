/** Somebody at a desk, whose work is news on the phones of a shop. */

import { randomUUID } from "node:crypto";
import { PASSWORDS } from "../browser/staff.js";

export class Colleague {
  #cookie = "";

  /** @param {{address: string}} hub */
  constructor(hub) {
    this.hub = hub;
  }

  /** One of many items is archived, or sold again. @param {number} item @param {"archive" | "restore"} action */
  async changes(item, action) {
    if (this.#cookie === "") await this.#signIn();
    const answer = await this.#send(`/admin/items/${item}`, { operation_id: randomUUID(), action });
    if (answer.status !== 303) throw new Error(`${action} ${item}: ${answer.status} ${await answer.text()}`);
  }

  async #signIn() {
    const answer = await this.#send("/sign-in", { username: "sam", password: PASSWORDS.sam });
    this.#cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
  }

  /** @param {string} path @param {Record<string, string>} fields */
  async #send(path, fields) {
    const headers = { cookie: this.#cookie, "sec-fetch-site": "same-origin" };
    const body = new URLSearchParams(fields);
    return await fetch(this.hub.address + path, { method: "POST", headers, body, redirect: "manual" });
  }
}
