/** The checkup of a hand scanner that types: what came, how fast, with which key at the end. */

import { say } from "./checkup_line.js";

const KNOWN = "2000000000015";
const QUIET_MS = 400;
const FAST_MS = 80;

/** @param {HTMLInputElement} field @param {AbortSignal} signal */
export function hearScanner(field, signal) {
  /** @type {{ key: string, atMs: number }[]} */
  let keys = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let quiet;
  const judge = () => {
    const typed = keys.filter(({ key }) => key.length === 1);
    const last = keys.at(-1)?.key ?? "";
    const gaps = typed.slice(1).map(({ atMs }, place) => atMs - typed[place].atMs);
    const ms = Math.round(gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)] ?? 0);
    const text = typed.map(({ key }) => key).join("");
    const end = last.length > 1 ? last : "";
    keys = [];
    field.value = "";
    if (text === "") return;
    if (text !== KNOWN) say("wedge", "bad", "wrong", { text: text.slice(0, 60) });
    else if (!end) say("wedge", "look", "no-end");
    else if (ms > FAST_MS) say("wedge", "look", "slow", { ms });
    else say("wedge", "good", "good", { keys: typed.length + 1, ms, end });
  };
  const listen = (/** @type {KeyboardEvent} */ event) => {
    if (["Shift", "Control", "Alt", "CapsLock", "AltGraph"].includes(event.key)) return;
    if (event.key === "Tab" && keys.length === 0) return;
    if (event.key === "Enter" || event.key === "Tab") event.preventDefault();
    keys.push({ key: event.key, atMs: event.timeStamp });
    clearTimeout(quiet);
    quiet = setTimeout(judge, QUIET_MS);
  };
  field.addEventListener("keydown", listen, { signal });
  say("wedge", "open", "ask");
}
