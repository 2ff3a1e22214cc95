/** Codes that lie in the aiming frame together, each a button: whoever holds the phone knows which one is meant. */

/**
 * @param {HTMLElement | null} place
 * @param {string[]} codes none puts them away
 * @param {(code: string) => void} choose
 * @returns {boolean} whether anything changed
 */
export function showOffers(place, codes, choose) {
  const shown = codes.join("\n");
  if (!place || (place.dataset.codes ?? "") === shown) return false;
  place.dataset.codes = shown;
  place.hidden = codes.length === 0;
  place.replaceChildren(
    ...codes.map((code) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "scan-offer";
      button.textContent = code;
      button.addEventListener("click", () => choose(code));
      return button;
    }),
  );
  return true;
}
