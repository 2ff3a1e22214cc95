/**
 * Wakes the worker. No event says that the hub is back, so while work waits and somebody looks it is tried every few
 * seconds; the jitter keeps the phones of a store from knocking at once.
 */

import { stateNow } from "./state.js";
import { tell } from "./worker.js";

const IDLE_MS = 30_000;
const BUSY_MS = 2_500;
const JITTER_MS = 1_500;

const wake = () => tell({ type: "wake" });

function later() {
  const isBusy = (stateNow()?.waiting ?? 0) > 0 && document.visibilityState === "visible";
  setTimeout(
    () => {
      wake();
      later();
    },
    isBusy ? BUSY_MS + Math.random() * JITTER_MS : IDLE_MS,
  );
}

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
window.addEventListener("pageshow", wake);
window.addEventListener("online", wake);
wake();
later();
