/** The files of a release, on the phone before the release is used and as long as a page of it may be open. */

const PREFIX = "stockhand-";
const KEPT = 2;

/**
 * All of them or none: a release that is half here is not installed.
 * @param {CacheStorage} caches @param {string} releaseId @param {string[]} addresses
 */
export async function fetchRelease(caches, releaseId, addresses) {
  const cache = await caches.open(PREFIX + releaseId);
  await cache.addAll(addresses);
}

/**
 * Lets go of releases older than the one before this; true when there was none before: this is the first.
 * @param {CacheStorage} caches @param {string} releaseId
 */
export async function dropOldReleases(caches, releaseId) {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const here = names.indexOf(PREFIX + releaseId);
  await Promise.all(names.slice(0, Math.max(0, here + 1 - KEPT)).map((name) => caches.delete(name)));
  return here === 0;
}

/**
 * A file of any release that is kept; addresses carry the release, so what is found is never old.
 * @param {CacheStorage} caches @param {Request} request @param {() => void} onMiss called when it came from the network
 */
export async function fileOf(caches, request, onMiss) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const fetched = await fetch(request);
  onMiss();
  return fetched;
}

/** @param {Request} request */
export function isFile(request) {
  return request.method === "GET" && new URL(request.url).pathname.startsWith("/static/");
}
