/** A link that only the hub can follow is followed when the hub answers; else a sentence says so and the page stays. */

import { sayAway } from "./toast.js";

const PATIENCE_MS = 5_000;

document.addEventListener("click", async (event) => {
  const link = /** @type {HTMLAnchorElement | null} */ (
    /** @type {Element} */ (event.target).closest("a[data-online]")
  );
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const [answer] = await Promise.allSettled([
    fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }),
  ]);
  if (answer.status === "fulfilled" && answer.value.ok) location.assign(link.href);
  else sayAway();
});
