/** Hears a keyboard wedge at any moment, on any page, and puts the field it typed into back as it was. */

import { createWedge } from "./scan_wedge.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */

const AS_LONG_AS_GTIN = /^([0-9]{8}|[0-9]{12,14})$/;
const LEFT_ALONE = "textarea, [contenteditable], input:is([type=password], [type=search], [type=email], [type=url])";

/**
 * @param {(code: string) => void} onCode
 * @param {AbortSignal} [signal]
 */
export function hearWedge(onCode, signal) {
  const wedge = createWedge();
  let putBack = () => {};

  const keydown = (/** @type {KeyboardEvent} */ event) => {
    const heard = wedge.key({
      key: event.key,
      atMs: event.timeStamp,
      isRepeat: event.repeat,
      hasCtrl: event.ctrlKey || event.metaKey,
      hasAlt: event.altKey,
      isComposing: event.isComposing,
    });
    const field = fieldOf(event.target);
    // The first key has not reached the field yet: this is what it held before.
    if (heard.starts) putBack = field ? remember(field) : () => {};
    if (!heard.code || !isMeantForUs(field, heard.code)) return;
    // The field holds the whole of it, and sends that; its end would be another code.
    if (heard.isTail && field && isForCodes(field) && !AS_LONG_AS_GTIN.test(heard.code)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    putBack();
    onCode(heard.code);
  };
  window.addEventListener("keydown", keydown, { capture: true, signal });
}

/**
 * What fast fingers, a password manager or a scanner typed into a field belongs to the field, unless the field is for
 * scanning, or it holds something else (a number, a note) and the code is the length of a GTIN.
 * @param {Field | null} field
 * @param {string} code
 */
function isMeantForUs(field, code) {
  if (!field || isForCodes(field)) return true;
  if (field.matches(LEFT_ALONE) || field.closest("[data-scan-here]")) return false;
  return AS_LONG_AS_GTIN.test(code);
}

/** @param {Field} field */
const isForCodes = (field) => field.id === "scan-code" || field.matches("[data-scan-target]");

/** @param {EventTarget | null} target @returns {Field | null} */
function fieldOf(target) {
  if (target instanceof HTMLTextAreaElement) return target;
  if (target instanceof HTMLElement && target.isContentEditable) return /** @type {Field} */ (target);
  if (!(target instanceof HTMLInputElement)) return null;
  const isTypedInto = !["button", "submit", "reset", "checkbox", "radio", "range", "file", "color"].includes(
    target.type,
  );
  return isTypedInto ? target : null;
}

/** @param {Field} field */
function remember(field) {
  const { value } = field;
  return () => {
    if (field.value === value) return;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
}
