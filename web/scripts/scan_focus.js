/** The code field where a hand scanner types into the page. */

/**
 * Zebra's DataWedge types only into a field with the focus, so on Android the code field holds it while nothing else
 * does, without raising the keyboard on the screen until a finger touches the field.
 * @param {HTMLInputElement | null} code
 * @param {AbortSignal} signal
 */
export function holdFocus(code, signal) {
  if (!code || !/Android/.test(navigator.userAgent)) return;
  const hold = () => {
    if (document.activeElement !== document.body) return;
    code.inputMode = "none";
    code.focus({ preventScroll: true });
  };
  code.addEventListener("pointerdown", () => (code.inputMode = "text"), { signal });
  document.addEventListener("focusout", () => setTimeout(() => signal.aborted || hold()), { signal });
  hold();
}
