/** What all phones of one simulation share: the hub's address, the released code, and what was counted. */

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { isDeath } from "./device.js";

export class World {
  /** How often each thing happened. @type {Record<string, number>} */
  counted = {};
  /** Ids that a phone said are saved, with who and where. @type {Map<string, {by: string, on: string, what: string}>} */
  saved = new Map();
  /** Ids whose answer was lost with the worker: saved or not. @type {Set<string>} */
  perhaps = new Set();
  /** Bugs that the phones reported. @type {unknown[]} */
  reported = [];

  /** @param {any} told what the orchestrator said @param {any} code */
  constructor(told, code) {
    this.address = told.address;
    this.password = told.password;
    /** @type {Record<string, number>} */
    this.people = told.people;
    this.goods = told.goods;
    this.code = code;
    this.lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    // However the keeper ends, its end of the pipe is closed.
    process.stdin.once("end", () => process.exit(1));
  }

  /** @param {string} what @param {number} times */
  count(what, times = 1) {
    this.counted[what] = (this.counted[what] ?? 0) + times;
  }

  /** @param {unknown} error @param {import("./mortal.js").Life} life */
  report(error, life) {
    if (!(life.ended && isDeath(error))) this.reported.push(error);
  }

  /** Has something done that only the hub's keeper can do. @param {string} what @param {any} given @returns {Promise<any>} */
  async ask(what, given = {}) {
    process.stdout.write(`${JSON.stringify({ ask: what, ...given })}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the hub's keeper has gone");
    const answer = JSON.parse(value);
    if (answer.failed) throw new Error(answer.failed);
    return answer;
  }
}

/** The phone's code as a release ships it. @param {string} folder */
export async function releasedCode(folder) {
  const load = (/** @type {string} */ place) => import(pathToFileURL(`${folder}/${place}`).href);
  const { RELEASE_ID, PAGE_HEADERS } = await load("release.js");
  const [english, chinese] = [await load("templates/en.js"), await load("templates/zh.js")];
  const { createPhone } = await load("sw/phone.js");
  return {
    createPhone,
    pages: await load("sw/offline_pages.js"),
    render: { en: english.render, zh: chinese.render },
    release: { id: RELEASE_ID, headers: PAGE_HEADERS },
    steps: (await load("sync/projection.js")).steps,
  };
}
