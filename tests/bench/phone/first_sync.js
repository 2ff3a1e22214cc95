/** The first download on a fresh phone: how long, how many bytes on the wire; leaves a profile behind for the others. */

import { cpSync } from "node:fs";
import { firstSync, goQuiet, openHandset, signInQuietly, startWorker, workerOf } from "./handset.js";
import { carryOut } from "./plan.js";

carryOut(async (plan) => {
  const runs = [];
  for (let run = 0; run < plan.runs; run += 1) runs.push(await onFreshPhone(plan, run === plan.runs - 1));
  return { ms: runs.map((run) => run.ms), bytes: runs.map((run) => run.bytes) };
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
    const ms = await firstSync(page, person, { id, gtin, word: name });
    if (isLast && profile) await keep(phone, page, profile);
    return { ms, bytes: wire() };
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
  worker.on("Network.requestWillBeSent", ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname);
  });
  worker.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = paths.get(requestId) ?? "";
    bytes[path] = (bytes[path] ?? 0) + encodedDataLength;
  });
  await worker.send("Network.enable");
  return () => bytes;
}
