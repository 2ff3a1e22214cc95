/** The checkup of what a device keeps: storage, worker, catalogue, clock, messages. Asks the hub for its time alone. */

import { lineOf, say } from "./checkup_line.js";
import { hasWorkers, workerNow } from "./worker.js";

/** @typedef {import("./worker.js").State} WorkerState */

const MB = 1_000_000;
const FULL = 0.9;
const HOUR_MS = 3_600_000;
const RIGHT_S = 5;
const WRONG_S = 120;
const PATIENCE_MS = 5000;

export async function lookAtStorage() {
  if (!navigator.storage?.estimate) return say("storage", "bad", "none");
  const [{ usage = 0, quota = 0 }, isKept] = await Promise.all([
    navigator.storage.estimate(),
    navigator.storage.persisted(),
  ]);
  const params = { used: Math.ceil(usage / MB), quota: Math.round(quota / MB) };
  if (quota > 0 && usage > FULL * quota) say("storage", "bad", "full", params);
  else say("storage", isKept ? "good" : "look", isKept ? "good" : "loose", params);
}

/** @param {WorkerState | null} state null while nothing is known of the worker */
export async function lookAtWorker(state) {
  const release = /\/static\/(\w+)\//.exec(import.meta.url)?.[1] ?? "";
  if (!hasWorkers()) return say("worker", "bad", "none");
  if (!(await workerNow()) || state === null) return say("worker", "look", "starting");
  if (state.paused === "sign-in") return say("worker", "look", "sign-in");
  const isCurrent = !state.release || state.release === release;
  say("worker", isCurrent ? "good" : "look", isCurrent ? "good" : "update", {
    release: (state.release || release).slice(0, 8),
  });
}

/** @param {WorkerState | null} state */
export function lookAtCatalogue(state) {
  const at = state?.catalogue_at;
  if (!at) return say("catalogue", "look", "none");
  const words = lineOf("catalogue")?.dataset ?? {};
  const hours = Math.max(0, Date.now() - at) / HOUR_MS;
  const counted = hours < 1 ? hours * 60 : hours < 48 ? hours : hours / 24;
  const unit = hours < 1 ? words.textMinutes : hours < 48 ? words.textHours : words.textDays;
  const age = (unit ?? "").replace("{count}", String(Math.floor(counted)));
  const old = hours < 24 * 7 ? "look" : "bad";
  say("catalogue", hours < 24 ? "good" : old, hours < 24 ? "good" : "old", { age });
}

export async function lookAtClock() {
  const before = Date.now();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const [answer] = await Promise.allSettled([fetch("/healthz", { cache: "no-store", signal })]);
  const said = answer.status === "fulfilled" ? Date.parse(answer.value.headers.get("date") ?? "") : Number.NaN;
  if (Number.isNaN(said)) return say("clock", "look", "unknown");
  // The hub says whole seconds, cut off: half a second more is the best guess.
  const seconds = Math.round(Math.abs(said + 500 - (before + Date.now()) / 2) / 1000);
  const wrong = seconds < WRONG_S ? "look" : "bad";
  say("clock", seconds <= RIGHT_S ? "good" : wrong, seconds <= RIGHT_S ? "good" : "off", {
    seconds: Math.max(1, seconds),
  });
}

export async function lookAtPush() {
  if (!("PushManager" in globalThis) || !("Notification" in globalThis)) return say("push", "look", "none");
  if (Notification.permission === "denied") return say("push", "look", "denied");
  const registration = await navigator.serviceWorker?.getRegistration("/");
  const isSetUp = (await registration?.pushManager.getSubscription()) ?? null;
  say("push", isSetUp ? "good" : "look", isSetUp ? "good" : "unset");
}
