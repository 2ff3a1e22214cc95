/** What the tab remembers of scanning: the session's list, and codes scanned on a page that has no use for them. */

/** @typedef {import("./scan_list.js").SavedList} SavedList */

const LIST = "scan-list";
const PENDING = "scan-pending";
const SAVE_MS = 150;

/** Where a list is written down. @typedef {{ key: string, storage: Storage }} Shelf */

/** The tab's own list. @returns {Shelf} */
const ofTheTab = () => ({ key: LIST, storage: sessionStorage });

/**
 * @param {string} owner whose list it is; a list of another person is dropped, not shown
 * @param {Shelf} [shelf]
 * @returns {SavedList | undefined}
 */
export function savedList(owner, { key, storage } = ofTheTab()) {
  const saved = JSON.parse(storage.getItem(key) ?? "null");
  if (saved?.owner === owner) return saved.list;
  storage.removeItem(key);
  return undefined;
}

/**
 * A place to save the list in soon: writing it down holds up the card that is on its way, and a page that is left or
 * hidden writes at once what it still has to.
 * @param {string} owner
 * @param {() => SavedList} listNow
 * @param {AbortSignal} signal when the list is left
 * @param {Shelf} [shelf]
 */
export function createSaver(owner, listNow, signal, { key, storage } = ofTheTab()) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let soon;
  const save = () => {
    if (soon === undefined) return;
    clearTimeout(soon);
    soon = undefined;
    storage.setItem(key, JSON.stringify({ owner, at: Date.now(), list: listNow() }));
  };
  window.addEventListener("pagehide", save, { signal });
  document.addEventListener("visibilitychange", save, { signal });
  signal.addEventListener("abort", save);
  return {
    soon() {
      soon ??= setTimeout(save, SAVE_MS);
      // Nobody waits for a card there, and later may never come.
      if (signal.aborted || document.visibilityState === "hidden") save();
    },
  };
}

/** @returns {string[]} */
function pending() {
  return JSON.parse(sessionStorage.getItem(PENDING) ?? "[]");
}

/** @param {string} code */
export function keepForScanPage(code) {
  sessionStorage.setItem(PENDING, JSON.stringify([...pending(), code]));
}

/** Hands out the codes kept for the scan page, once. */
export function takeKept() {
  const codes = pending();
  sessionStorage.removeItem(PENDING);
  return codes;
}
