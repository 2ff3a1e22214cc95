/** A name to sign in with is proposed while the name is typed: its first word, in small letters. */

const named = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-names]"));
const proposed = /** @type {HTMLInputElement | null} */ (document.getElementById(named?.dataset.names ?? ""));
if (named && proposed) {
  let own = proposed.value === "";
  proposed.addEventListener("input", () => {
    own = proposed.value === "";
  });
  named.addEventListener("input", () => {
    if (own) proposed.value = named.value.trim().toLowerCase().split(/\s+/)[0] ?? "";
  });
}
