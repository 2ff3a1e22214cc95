/**
 * The scan page's list, recorded as counts: a sheet shows every item with its number, and one count an item is sent
 * through the item's own form, so that a phone keeps it without a network. What is recorded leaves the list.
 */

import { mintId } from "./scan_unknown.js";

/** @typedef {import("./scan_list.js").Entry} Entry */
/** @typedef {{ entries(): Entry[], takeOff(id: number): void }} Listed */

/** Items whose number can be recorded: known, and carried by the store. @param {Entry[]} entries */
export const countable = (entries) => entries.filter(({ item, outcome }) => item !== "" && outcome === "found");

/**
 * Sends one count after the other. An entry whose answer never came keeps the id of its operation: sent again, with the
 * same number, it is recorded once.
 * @param {Listed} list
 * @param {() => void} keep is called as soon as the list is another
 * @param {(id: string, entry: Entry) => Promise<boolean>} save
 * @returns {Promise<{ recorded: number, left: number }>}
 */
export async function recordAll(list, keep, save) {
  let [recorded, left] = [0, 0];
  for (const entry of countable(list.entries())) {
    const sent = entry.counted?.times === entry.times ? entry.counted : { id: mintId(), times: entry.times };
    entry.counted = sent;
    keep();
    // What was scanned meanwhile belongs to the number: the whole of it is to be sent again.
    if ((await save(sent.id, entry)) && entry.times === sent.times) {
      list.takeOff(entry.id);
      recorded += 1;
    } else left += 1;
    keep();
  }
  return { recorded, left };
}

/** @param {string} id of the operation @param {Entry} entry */
async function saveCount(id, { item, times }) {
  try {
    const headers = { "HX-Request": "true", Accept: "text/html" };
    const body = new URLSearchParams({ operation_id: id, counted: String(times) });
    const answer = await fetch(`/items/${item}`, { method: "POST", headers, body });
    return answer.ok && new URL(answer.url).pathname.startsWith("/items/");
  } catch (error) {
    // No network, and no worker to keep it: it stays in the list.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * @param {Listed} list
 * @param {() => void} keep
 * @param {AbortSignal} signal
 */
export function listenToCount(list, keep, signal) {
  let isSending = false;
  const send = async () => {
    if (isSending) return;
    isSending = true;
    const { recorded, left } = await recordAll(list, keep, saveCount);
    isSending = false;
    draw(list);
    say(left > 0 ? "left" : "done", { recorded, left });
    if (left === 0) sheet()?.close();
  };
  const click = (/** @type {Event} */ event) => {
    const button = /** @type {Element} */ (event.target).closest(
      "[data-count-open], [data-count-send], [data-count-no]",
    );
    if (button?.matches("[data-count-open]")) open(list);
    else if (button?.matches("[data-count-send]")) send();
    else if (button) sheet()?.close();
  };
  document.addEventListener("click", click, { signal });
}

/** @returns {HTMLDialogElement | null} */
const sheet = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("scan-count"));

/** @param {Listed} list */
function open(list) {
  draw(list);
  const told = document.getElementById("scan-count-told");
  if (told) told.textContent = "";
  sheet()?.showModal();
}

/** @param {Listed} list */
function draw(list) {
  const rows = countable(list.entries()).map(({ id, codes, times }) => {
    const row = document.createElement("li");
    const [name, number] = [document.createElement("span"), document.createElement("b")];
    const heading = document.querySelector(`[data-scan="${id}"] :is([data-name], h2, h3)`);
    name.textContent = heading?.textContent?.trim() ?? codes[0];
    number.textContent = String(times);
    row.append(name, number);
    return row;
  });
  document.getElementById("scan-count-rows")?.replaceChildren(...rows);
}

/** @param {"done" | "left"} about @param {Record<string, number>} words */
function say(about, words) {
  const place = document.getElementById("scan-count-told");
  const sentence = place?.getAttribute(`data-text-${about}`) ?? "";
  const text = sentence.replace(/\{(\w+)\}/g, (_, word) => String(words[word]));
  // The sheet closes over what is done: it is said where scans are.
  const told = about === "done" ? document.getElementById("scan-message") : place;
  if (told) told.textContent = text;
}
