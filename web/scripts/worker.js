/** Words between a page and the phone's own server, and its registration. Silent where there is no service worker. */

/**
 * @typedef {object} State what the worker knows of the hub: `as_of` in milliseconds, null before the first sync
 * @property {boolean} live
 * @property {number | null} as_of
 * @property {number} waiting
 * @property {number} refused
 * @property {"" | "sign-in" | "schema"} paused
 * @property {boolean} syncing
 * @property {"ok" | "full" | "lost" | "none" | "unsure"} [storage]
 * @property {number | null} [oldest_at] of what waits, the phone's clock
 * @property {number | null} [catalogue_at]
 * @property {string} [release]
 * @property {{ bytes: number, of_bytes: number, rows: number, of_rows: number } | null} [first] how far the first
 *   download is; null once everything is here
 * @typedef {{ type: "changed", buckets: string[] } | { type: "state", state: State } |
 *   { type: "settled", id: string, status: string } | { type: "live-taken" } | { type: "live-left" } |
 *   { type: "live-heard", heads: Record<string, number> }} News from the worker, and `live-…` between pages without one
 */

const ADDRESS = "/service_worker.js";
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("stockhand") : null;

/** A browser offers workers to secure addresses only. */
export const hasWorkers = () => "serviceWorker" in navigator;

/**
 * The running worker; after a forced reload it does not control the page but still listens.
 * @returns {Promise<ServiceWorker | null>}
 */
export async function workerNow() {
  if (!hasWorkers()) return null;
  return navigator.serviceWorker.controller ?? (await navigator.serviceWorker.getRegistration("/"))?.active ?? null;
}

/** @param {Record<string, unknown> & { type: string }} message */
export async function tell(message) {
  (await workerNow())?.postMessage(message);
}

/** @param {(news: News) => void} listener @param {AbortSignal} [signal] when to stop listening */
export function hear(listener, signal) {
  channel?.addEventListener("message", ({ data }) => listener(data), { signal });
}

/** Tells the other pages of this browser. @param {News} news */
export function say(news) {
  channel?.postMessage(news);
}

/** Registers the worker and waits until it runs. @returns {Promise<ServiceWorkerRegistration>} */
export async function startWorker() {
  await navigator.serviceWorker.register(ADDRESS, { type: "module", scope: "/" });
  return await navigator.serviceWorker.ready;
}
