/** A phone's line to the hub, in all weathers, with the browser's cookies. */

import assert from "node:assert/strict";

/** What may befall one message, and how often among them where the weather is rough. */
export const FAULTS = {
  "request lost": 4,
  "answer lost": 6,
  "answer late": 4,
  "answer cut off": 2,
  "message doubled": 4,
  "message repeated later": 4,
  "nobody answers": 1,
  "somebody else answers": 1,
  "gateway fails": 2,
};

export class Line {
  /** How many messages are struck: 0 fine, 1 no network. */
  roughness = 0;
  /** @type {Record<string, string>} */
  cookies = {};
  /** Messages that come a second time later. @type {{path: string, init: any}[]} */
  #stray = [];

  /** @param {string} address @param {import("./chance.js").Chance} chance @param {(fault: string) => void} count */
  constructor(address, chance, count) {
    this.address = address;
    this.chance = chance;
    this.count = count;
  }

  /** Straight to the hub. @param {string} path @param {any} [init] @returns {Promise<Response>} */
  async send(path, init = {}) {
    const cookie = Object.entries(this.cookies).map(([name, value]) => `${name}=${value}`);
    const { credentials, cache, ...rest } = init;
    const response = await fetch(this.address + path, {
      ...rest,
      headers: { ...init.headers, cookie: cookie.join("; ") },
    });
    for (const given of response.headers.getSetCookie()) {
      const [name, value] = given.split(";")[0].split("=");
      if (value) this.cookies[name] = value;
      else delete this.cookies[name];
    }
    return response;
  }

  /** As the phone's engine sends, through the weather. @param {string} path @param {any} init @returns {Promise<Response>} */
  async carry(path, init) {
    if (this.roughness >= 1) throw lost();
    await this.#repeatOne();
    if (!this.chance.happens(this.roughness)) return await this.send(path, init);
    const fault = this.chance.weighed(FAULTS);
    this.count(fault);
    if (fault === "request lost") throw lost();
    if (fault === "nobody answers") return await givenUp(init.signal);
    if (fault === "somebody else answers")
      return new Response("<h1>Free Wi-Fi</h1>", { headers: { "content-type": "text/html" } });
    if (fault === "gateway fails") return new Response("Bad Gateway", { status: 502 });
    if (fault === "message doubled") return await this.#doubled(path, init);
    if (fault === "message repeated later") this.#stray.push({ path, init: { ...init, signal: undefined } });
    const answer = await this.send(path, init);
    if (fault === "answer late") await new Promise((resolve) => setTimeout(resolve, this.chance.whole(1, 40)));
    if (fault === "answer lost") throw lost();
    return fault === "answer cut off" ? await cut(answer) : answer;
  }

  /** Both arrive, in any order; what was done is the same for both. @param {string} path @param {any} init */
  async #doubled(path, init) {
    const answers = await Promise.all([this.send(path, init), this.send(path, init)]);
    if (path === "/sync/push" && answers.every(({ status }) => status === 200)) {
      const [one, other] = await Promise.all(answers.map((answer) => answer.clone().json()));
      assert.deepEqual(one.results, other.results, "the same message sent twice was answered differently");
    }
    return this.chance.pick(answers);
  }

  async #repeatOne() {
    if (this.#stray.length === 0 || !this.chance.happens(0.5)) return;
    const { path, init } = /** @type {any} */ (this.#stray.shift());
    const [again] = await Promise.allSettled([this.send(path, init)]);
    // What nobody waited for may fail as it likes; it must not break the hub.
    if (again.status === "fulfilled") assert.ok(again.value.status < 500, `${path} repeated: ${again.value.status}`);
  }
}

function lost() {
  return new TypeError("Failed to fetch");
}

/** @param {AbortSignal | undefined} signal @returns {Promise<never>} */
function givenUp(signal) {
  return new Promise((_, reject) => {
    const give = () => reject(new DOMException("given up", "AbortError"));
    if (signal?.aborted) give();
    else signal?.addEventListener("abort", give);
  });
}

/** @param {Response} answer */
async function cut(answer) {
  const text = await answer.text();
  const headers = { "content-type": answer.headers.get("content-type") ?? "" };
  return new Response(text.slice(0, text.length >> 1), { status: answer.status, headers });
}
