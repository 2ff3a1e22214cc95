/** What the tab remembers of scanning: the session's list, and codes scanned on a page that has no use for them. */

/** @typedef {import("./scan_list.js").SavedList} SavedList */

const LIST = "scan-list";
const PENDING = "scan-pending";

/**
 * @param {string} owner whose list it is; a list of another person is dropped, not shown
 * @returns {SavedList | undefined}
 */
export function savedList(owner) {
  const saved = JSON.parse(sessionStorage.getItem(LIST) ?? "null");
  if (saved?.owner === owner) return saved.list;
  sessionStorage.removeItem(LIST);
  return undefined;
}

/**
 * @param {string} owner
 * @param {SavedList} list
 */
export function saveList(owner, list) {
  sessionStorage.setItem(LIST, JSON.stringify({ owner, list }));
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
