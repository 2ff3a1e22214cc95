/** How a photo of goods reaches the hub: an operation tells of it through the outbox, then the picture itself follows. */

/** @typedef {import("./unknown_photo_store.js").GoodsPhoto} GoodsPhoto */
/** @typedef {{ becomes: "sent" | "waits" } | { becomes: "refused", problem: string }} Outcome `problem` names a text or is a sentence */

const PATIENCE_MS = 60_000;
// A photo may come before its scan, which waits in the outbox of another phone's hour; after so long it never comes.
const EARLY_MS = 24 * 3_600_000;

/**
 * Tells of each photo and sends it, the oldest first. What waits holds up no other.
 * @param {GoodsPhoto[]} photos
 * @param {object} world
 * @param {(photo: GoodsPhoto) => Promise<boolean>} world.tell whether its operation is kept
 * @param {(photo: GoodsPhoto) => Promise<Outcome>} world.send
 * @param {(photo: GoodsPhoto) => Promise<unknown>} world.keep
 * @param {(photo: GoodsPhoto) => Promise<unknown>} world.drop
 * @returns {Promise<number>} how many arrived
 */
export async function sendPhotos(photos, { tell, send, keep, drop }) {
  let sent = 0;
  for (let photo of photos) {
    if (photo.photo === null) continue;
    if (!photo.isTold) {
      if (!(await tell(photo))) continue;
      photo = { ...photo, isTold: true };
      await keep(photo);
    }
    const outcome = await send(photo);
    if (outcome.becomes === "sent") {
      await drop(photo);
      sent += 1;
    } else if (outcome.becomes === "refused") await keep({ ...photo, photo: null, problem: outcome.problem });
  }
  return sent;
}

/** Through the door of the code's page: the phone's worker, and where there is none the hub. @param {GoodsPhoto} photo */
export async function tellOf({ id, code, name }) {
  const place = "/unknown-codes/match";
  const body = new URLSearchParams({ operation_id: id, action: "note", photo: name });
  try {
    const headers = { "HX-Request": "true", Accept: "text/html" };
    const answer = await fetch(`${place}?code=${encodeURIComponent(code)}`, { method: "POST", headers, body });
    // Not where it led to the sign-in. What is refused once is refused the next time too.
    return answer.status === 422 || (answer.ok && new URL(answer.url).pathname === place);
  } catch (error) {
    // No network, and no worker to keep it.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** @param {GoodsPhoto} photo @returns {Promise<Outcome>} */
export async function sendToHub({ code, store, photo, at }) {
  const body = new FormData();
  body.set("photo", /** @type {Blob} */ (photo), "photo");
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const place = `/unknown-codes/photo?code=${encodeURIComponent(code)}&store=${store}`;
    const answer = await fetch(place, { method: "POST", body, headers: { Accept: "text/html" }, signal });
    return outcomeOf(answer.status, () => answer.text(), Date.now() - at);
  } catch (error) {
    // No network is normal; the photo waits.
    if (error instanceof TypeError || error instanceof DOMException) return { becomes: "waits" };
    throw error;
  }
}

/** @param {number} status @param {() => Promise<string>} text @param {number} ageMs @returns {Promise<Outcome>} */
export async function outcomeOf(status, text, ageMs) {
  if (status === 204) return { becomes: "sent" };
  if (status === 413) return { becomes: "refused", problem: "large" };
  if (status === 410 || (status === 409 && ageMs > EARLY_MS)) return { becomes: "refused", problem: "gone" };
  if (status === 422) return { becomes: "refused", problem: sentenceIn(await text()) || "refused" };
  // Signed out, busy, ill, or before its scan: later.
  return { becomes: "waits" };
}

/** What the hub's page says is wrong. @param {string} markup */
function sentenceIn(markup) {
  const page = new DOMParser().parseFromString(markup, "text/html");
  return page.querySelector("[data-problem]")?.textContent?.trim() ?? "";
}
