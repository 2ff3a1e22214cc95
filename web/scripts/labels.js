/** Prints what the page shows. */

document.addEventListener("click", ({ target }) => {
  if (/** @type {Element} */ (target).closest("[data-print]")) window.print();
});
