/** The worker's events; what they mean is said elsewhere. */

import { PAGE_HEADERS, PRECACHE, RELEASE_ID } from "../release.js";
import { render as english } from "../templates/en.js";
import { render as chinese } from "../templates/zh.js";
import * as pages from "./offline_pages.js";
import { createPhone } from "./phone.js";
import { dropOldReleases, fetchRelease, fileOf, isFile } from "./precache.js";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const channel = new BroadcastChannel("stockhand");

// Until then the page that says "saved" has this processor to itself.
const ANSWERED_MS = 50;
/** What is left for after an answer, each until it has begun. @type {Set<Promise<void>>} */
const left = new Set();

/** @param {() => void} work */
function afterAnswer(work) {
  const begun = new Promise((resolve) => setTimeout(resolve, ANSWERED_MS)).then(work);
  left.add(begun);
  begun.finally(() => left.delete(begun));
}

const phone = createPhone({
  afterAnswer,
  askForSync: async () => {
    const { sync } = /** @type {any} */ (worker.registration);
    await sync?.register("outbox");
  },
  pages,
  render: { en: english, zh: chinese },
  release: { id: RELEASE_ID, headers: PAGE_HEADERS },
  broadcast: (message) => channel.postMessage(message),
  visible: async () => {
    const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    return windows.some((client) => client.visibilityState === "visible");
  },
});

worker.addEventListener("install", (event) => {
  event.waitUntil(fetchRelease(caches, RELEASE_ID, PRECACHE));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(activated());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== worker.location.origin) return;
  if (isFile(request)) event.respondWith(fileOf(caches, request, () => event.waitUntil(mendRelease(request))));
  else if (phone.takes(request)) {
    const answer = pageOf(request);
    event.respondWith(answer);
    event.waitUntil(Promise.allSettled([answer]).then(restOf));
  }
});

worker.addEventListener("message", (event) => {
  if (event.data?.type === "update") event.waitUntil(worker.skipWaiting());
  else if (event.data?.type === "page") event.waitUntil(tellPage(event.data.href, event.ports[0]));
  else event.waitUntil(phone.message(event.data));
});

// Chromium alone says when the network is back after the last page was closed.
worker.addEventListener("sync", (/** @type {any} */ event) => event.waitUntil(sent()));

/** What an answer set going. */
async function restOf() {
  await Promise.allSettled(left);
  await phone.engine.idle();
}

/** A browser tries again later what was not done. */
async function sent() {
  await phone.engine.run();
  const { waiting } = await phone.queue();
  if (waiting > 0) throw new Error(`${waiting} operations still wait.`);
}

async function activated() {
  // Pages that were open before the very first worker are served by it from now on; others keep theirs until reloaded.
  if (await dropOldReleases(caches, RELEASE_ID)) await worker.clients.claim();
  await phone.engine.run();
}

/** @type {Promise<unknown> | null} */
let mending = null;

/** A browser short of room may have let go of files and kept the worker. @param {Request} request that missed one */
async function mendRelease(request) {
  if (!PRECACHE.includes(new URL(request.url).pathname)) return;
  mending ??= Promise.allSettled([fetchRelease(caches, RELEASE_ID, PRECACHE)]);
  await mending;
  mending = null;
}

/** Null where a fetch has to bring it, which also says what went wrong. @param {string} href @param {MessagePort} asker */
async function tellPage(href, asker) {
  const [told] = await Promise.allSettled([phone.markupAt(new URL(href))]);
  asker.postMessage(told.status === "fulfilled" ? told.value : null);
}

/** @param {Request} request */
async function pageOf(request) {
  const [page] = await Promise.allSettled([phone.handle(request)]);
  if (page.status === "fulfilled" && page.value !== null) return page.value;
  if (page.status === "rejected") {
    // A bug, and loud; the hub may still be able to show the page, but a form is sent past the outbox only where that
    // cannot keep anything.
    console.error(page.reason);
    if (request.method !== "GET") throw page.reason;
  }
  const [fetched] = await Promise.allSettled([fetch(request.clone())]);
  if (fetched.status === "fulfilled") return fetched.value;
  const missing = await phone.missing(request);
  if (missing !== null) return missing;
  throw fetched.reason;
}
