/**
 * Asks the browser to keep this phone's storage for good, once there is a reason: work has been saved here. Some browsers
 * ask the person, so it is asked at most once a day.
 */

import { stateNow } from "./state.js";
import { hear, tell } from "./worker.js";

const ASKED = "stockhand-asked-to-keep";
const AGAIN_MS = 86_400_000;

let isAsking = false;

async function ask() {
  if (isAsking || !navigator.storage?.persist || stateNow()?.storage !== "unsure") return;
  if (Date.now() - Number(localStorage.getItem(ASKED) ?? 0) < AGAIN_MS) return;
  isAsking = true;
  localStorage.setItem(ASKED, String(Date.now()));
  // Refused or not, the worker looks for itself.
  await Promise.allSettled([navigator.storage.persist()]);
  await tell({ type: "kept" });
  isAsking = false;
}

hear((news) => {
  if (news.type === "state" && news.state.waiting > 0) ask();
});
