/**
 * The first download on a fresh phone: how long until it is of use, how long until the last byte of the neighbours'
 * stock, and how many bytes on the wire; leaves a profile behind for the others.
 */

import { cpSync } from "node:fs";
import { firstSync, goQuiet, openHandset, pause, signInQuietly, startWorker, workerOf } from "./handset.js";
import { carryOut } from "./plan.js";

// Nothing more comes when nothing has come for so long; on a quarter of a processor a piece takes its time.
const QUIET_MS = 3000;

carryOut(async (plan) => {
  const runs = [];
  for (let run = 0; run < plan.runs; run += 1) runs.push(await onFreshPhone(plan, run === plan.runs - 1));
  return {
    ms: runs.map(({ ms }) => ms),
    whole_ms: runs.map((run) => run.whole_ms),
    bytes: runs.map((run) => run.bytes),
  };
});

/** @param {import("./plan.js").Plan} plan @param {boolean} isLast */
async function onFreshPhone({ address, username, person, goods, profile, throttled }, isLast) {
  const phone = await openHandset({ address });
  try {
    const page = await phone.page();
    await signInQuietly(page, address, username);
    await startWorker(page);
    const wire = await listen(await workerOf(phone.browser));
    if (throttled) phone.slowDown();
    const [{ id, gtin, name }] = goods;
    const began = Date.now();
    const ms = await firstSync(page, person, { id, gtin, word: name });
    while (Date.now() - wire.heardAt() < QUIET_MS) await pause(100);
    if (isLast && profile) await keep(phone, page, profile);
    return { ms, whole_ms: Math.max(ms, wire.heardAt() - began), bytes: wire.bytes };
  } finally {
    await phone.close();
  }
}

/** @param {import("./handset.js").Handset} phone @param {import("puppeteer-core").Page} page @param {string} profile */
async function keep(phone, page, profile) {
  await goQuiet(page, phone.address);
  await phone.stop();
  cpSync(phone.folder, profile, { recursive: true });
}

/** Counts what comes in, by path. @param {import("puppeteer-core").CDPSession} worker */
async function listen(worker) {
  /** @type {Map<string, string>} */
  const paths = new Map();
  /** @type {Record<string, number>} */
  const bytes = {};
  let heardAt = Date.now();
  worker.on("Network.requestWillBeSent", ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname);
  });
  worker.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = paths.get(requestId) ?? "";
    bytes[path] = (bytes[path] ?? 0) + encodedDataLength;
    heardAt = Date.now();
  });
  await worker.send("Network.enable");
  return { bytes, heardAt: () => heardAt };
}
