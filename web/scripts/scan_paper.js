/**
 * Scans onto the lines of a paper that is sent off or received: `data-scan-paper` on the form names what is done. Each
 * scan counts one more on its line; more than the paper says, and what it does not name, is told apart from the rest.
 */

import { parsed } from "./ask.js";
import { amountIn } from "./scan_amount.js";
import { lookUp } from "./scan_cards.js";
import { giveFeedback } from "./scan_feedback.js";
import { createScanQueue } from "./scan_queue.js";

/** @typedef {{ typed: string, announced: number }} Line what stands in the field, and how many the paper still expects */
/** @typedef {import("./scan_list.js").Feedback} Feedback */

const PAPER = "[data-scan-paper]";

/**
 * One more of an item, on its first line with room, else on its last. `place` is -1 where the paper has no such line;
 * `count` null where the field holds no number, which stays as it was typed.
 * @param {Line[]} lines of the item
 * @returns {{ place: number, count: number | null, feedback: Feedback }}
 */
export function oneMore(lines) {
  if (lines.length === 0) return { place: -1, count: null, feedback: "stray" };
  const room = lines.findIndex((line) => (numberIn(line) ?? 0) < line.announced);
  const place = room < 0 ? lines.length - 1 : room;
  const before = numberIn(lines[place]);
  const count = before === null ? null : amountIn(String(before + 1));
  if (count === null) return { place, count, feedback: "unknown" };
  if (count > lines[place].announced) return { place, count, feedback: "over" };
  return { place, count, feedback: before === 0 ? "new" : "again" };
}

/** @param {Line} line */
const numberIn = ({ typed }) => (typed.trim() === "" ? 0 : amountIn(typed));

let lastId = 0;
/** What is being looked up, and for which paper. @type {Map<number, { code: string, paper: string }>} */
const asked = new Map();
const queue = createScanQueue({
  identify: lookUp,
  waiting: (id) => say("waiting", { item: asked.get(id)?.code ?? "" }),
  act(id, answer) {
    const scan = asked.get(id);
    asked.delete(id);
    // Another paper is open by now: it must not count what was scanned for this one.
    if (scan && scan.paper === paperNow()?.action) book(scan.code, answer);
  },
});
if (globalThis.window) window.addEventListener("online", () => queue.retryNow());

/** @returns {HTMLFormElement | null} */
const paperNow = () => document.querySelector(PAPER);

export const takesPaper = () => paperNow() !== null;

/**
 * The number that a label of a parcel carries, where a code may be one; its check digit is looked at when it is booked.
 * @param {string} code
 */
export const parcelIn = (code) => /^(?:\]C1|\]d2|\]Q3)?(?:\(00\)|00)?([0-9]{18})$/.exec(code.trim())?.[1] ?? "";

/** @param {string} code */
export function scanOntoPaper(code) {
  const label = /** @type {HTMLInputElement | null} */ (document.querySelector(`${PAPER} [name="parcel"]`));
  const parcel = parcelIn(code);
  if (parcel !== "" && label) return nameParcel(label, parcel);
  lastId += 1;
  asked.set(lastId, { code, paper: paperNow()?.action ?? "" });
  queue.put(lastId, code);
}

/** @param {HTMLInputElement} label @param {string} parcel */
function nameParcel(label, parcel) {
  label.value = parcel;
  label.dispatchEvent(new Event("input", { bubbles: true }));
  giveFeedback("new", label);
  say("parcel", { item: parcel });
}

/** @param {string} code @param {import("./scan_list.js").Answer} answer */
function book(code, answer) {
  const rows = answer.item === "" ? [] : [...document.querySelectorAll(`${PAPER} [data-paper-item="${answer.item}"]`)];
  const fields = rows.map((row) => /** @type {HTMLInputElement} */ (row.querySelector("[data-fill-with]")));
  const lines = fields.map(({ value, dataset }) => ({ typed: value, announced: Number(dataset.fillWith) }));
  const { place, count, feedback } = oneMore(lines);
  const name = answer.item === "" ? code : (nameOn(answer.card) ?? code);
  giveFeedback(feedback, /** @type {HTMLElement | null} */ (rows[place] ?? null));
  if (place < 0) {
    say("stray", { item: name });
    return offerBooking(answer.item);
  }
  rows[place].scrollIntoView({ block: "nearest" });
  if (count === null) return say("amount", { item: name });
  fields[place].value = String(count);
  fields[place].dispatchEvent(new Event("input", { bubbles: true }));
  const words = { item: name, count: String(count), announced: String(lines[place].announced) };
  say(feedback === "over" ? `over-${paperNow()?.dataset.scanPaper}` : "counted", words);
}

/** What came although nobody sent it is booked where it is: as found, on its own page. @param {string} item */
function offerBooking(item) {
  const place = document.getElementById("scan-told");
  const words = place?.getAttribute("data-text-book");
  if (!place || !words || item === "" || paperNow()?.dataset.scanPaper !== "receive") return;
  const way = document.createElement("a");
  way.href = `/items/${item}`;
  way.textContent = words;
  place.append(" ", way);
}

/** @param {string} card the markup of a look-up's answer */
const nameOn = (card) => parsed(card).querySelector("[data-name], h2, h3")?.textContent?.trim();

/** @param {string} about which of the sentences beside the paper @param {Record<string, string>} words */
function say(about, words) {
  const place = document.getElementById("scan-told");
  if (!place) return;
  const sentence = place.getAttribute(`data-text-${about}`) ?? "";
  place.textContent = sentence.replace(/\{(\w+)\}/g, (_, word) => words[word] ?? "");
  place.hidden = false;
  const onCamera = document.getElementById("scan-message");
  if (onCamera) onCamera.textContent = place.textContent;
  place.classList.toggle("note-refused", about === "stray" || about === "amount");
  place.classList.toggle("note-waiting", about.startsWith("over") || about === "waiting");
}
