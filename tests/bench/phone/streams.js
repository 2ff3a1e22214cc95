/**
 * Hundreds of phones listen; one changes an item's stock, and another one shows the item's page: how long from the
 * moment the change is sent until the new figure stands there.
 */

import { Agent, request } from "node:http";
import { openWarm, pause } from "./handset.js";
import { carryOut } from "./plan.js";

const OPENING = 25;

carryOut(async (plan) => {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const heard = { hints: 0 };
  for (let i = 0; i < plan.listeners.length; i += OPENING) {
    await Promise.all(plan.listeners.slice(i, i + OPENING).map((cookie) => listen(plan, cookie, agent, heard)));
  }
  const { phone, page } = await openWarm(plan, `/items/${plan.item}`, () => undefined);
  try {
    await page.evaluate(watchFigure);
    const ms = [];
    for (const body of plan.changes) {
      const before = await page.evaluate(() => Reflect.get(globalThis, "figure")());
      const sent = Date.now();
      await push(plan, body, agent);
      ms.push((await page.evaluate(nextFigure, before)) - sent);
      await pause(plan.pace_ms);
    }
    return { ms, hints: heard.hints };
  } finally {
    await phone.close();
    agent.destroy();
  }
});

/** Opens a stream and resolves when it speaks. */
function listen({ address }, cookie, agent, heard) {
  return new Promise((resolve, reject) => {
    const headers = { cookie, accept: "text/event-stream", "sec-fetch-site": "same-origin" };
    const asked = request(`${address}/sync/live`, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`a stream answered ${answer.statusCode}`));
      answer.on("data", () => {
        heard.hints += 1;
        resolve(undefined);
      });
      answer.on("error", () => undefined);
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Sends a message that stands ready, as the phone that made it would. */
function push({ address, cookie }, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = { cookie, "content-type": "application/json", "sec-fetch-site": "same-origin" };
    const asked = request(`${address}/sync/push`, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve(undefined) : reject(new Error(`${answer.statusCode}`)),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Runs in the page: remembers what the item's figure was and since when. */
function watchFigure() {
  const figure = () => document.querySelector("#item-figures .quiet-row dd")?.textContent ?? "";
  const seen = [{ text: figure(), at: Date.now() }];
  new MutationObserver(() => {
    if (figure() !== seen.at(-1).text) seen.push({ text: figure(), at: Date.now() });
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
  Object.assign(globalThis, { figure, seen });
}

/** Runs in the page: when another figure came than that. @param {string} before @returns {Promise<number>} */
async function nextFigure(before) {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const { text, at } = Reflect.get(globalThis, "seen").at(-1);
    if (text !== before) return at;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the figure stayed ${before}`);
}
