/** Work done without a network: operations queue up by the forms; the network comes back; how long until none waits. */

import { stateOf } from "../../browser/staff.js";
import { openHandset, pause } from "./handset.js";
import { carryOut } from "./plan.js";

carryOut(async (plan) => {
  const runs = [];
  for (let run = 0; run < plan.runs; run += 1) runs.push(await comeBack(plan));
  return { ms: runs };
});

/** @param {any} plan */
async function comeBack({ address, profile, goods, operations }) {
  const phone = await openHandset({ address, profile });
  try {
    const page = await phone.page();
    await page.goto(`${address}/outbox`);
    await stateOf(page, { live: true, waiting: 0 }, 60_000);
    const network = await networkOf(phone, page);
    await network(true);
    const ids = Array.from({ length: operations }, (_, i) => goods[i % goods.length].id);
    await page.evaluate(adjustAll, ids);
    await stateOf(page, { waiting: operations }, 30_000);
    await pause(1500);
    const emptied = page.evaluate(untilEmpty);
    await pause(100);
    const began = Date.now();
    await network(false);
    return (await emptied) - began;
  } finally {
    await phone.close();
  }
}

/** Takes the network from the page and from the worker, or gives it back. @param {any} phone @param {any} page */
async function networkOf(phone, page) {
  const target = await phone.browser.waitForTarget((one) => one.type() === "service_worker");
  const worker = await target.createCDPSession();
  await worker.send("Network.enable");
  return async (/** @type {boolean} */ offline) => {
    const wanted = { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await worker.send("Network.emulateNetworkConditions", wanted);
    await page.setOfflineMode(offline);
  };
}

/** Runs in the page. @param {number[]} items */
async function adjustAll(items) {
  for (const item of items) {
    const id = crypto.randomUUID();
    const body = new URLSearchParams({ operation_id: id, direction: "in", quantity: "1", reason: "found" });
    const headers = { "HX-Request": "true" };
    const answer = await fetch(`/items/${item}`, { method: "POST", body, headers, redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Error(`not saved: ${answer.status}`);
  }
}

/** Runs in the page: the moment at which the phone says that nothing waits. @returns {Promise<number>} */
function untilEmpty() {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel("stockhand");
    channel.onmessage = ({ data }) => {
      if (data.type !== "state" || data.state.waiting > 0) return;
      channel.close();
      resolve(Date.now());
    };
  });
}
