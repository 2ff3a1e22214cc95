/**
 * Keeps what nobody knows: a scan that found nothing is written down as an operation, after its answer was shown, with
 * what was scanned just before it; the next scan is told after it. What could not be saved yet waits in the tab.
 */

/**
 * @typedef {{ id: string, code: string, times: number, before: string[], after: string[] }} Sighting
 *   `id` is the operation's: sent twice it is one. `times` 0 only adds to what is kept.
 * @typedef {{ getItem(name: string): string | null, setItem(name: string, text: string): void }} Shelf
 */

const WAITING = "scan-unknown";
const BESIDE = 3;
const RETRY_MS = 5000;
const MOST_WAITING = 500;
// As many as one operation may tell of.
const MOST_TIMES = 1000;

/**
 * @param {object} world
 * @param {string} world.owner whose scans they are
 * @param {Shelf} world.shelf
 * @param {() => string} world.mint
 * @param {(sighting: Sighting) => Promise<boolean>} world.save whether it is saved, or can never be
 * @param {() => void} world.saved is called once something was
 * @param {(work: () => void, ms: number) => unknown} [world.later]
 */
export function createUnknownKeeper({ owner, shelf, mint, save, saved, later = setTimeout }) {
  const kept = JSON.parse(shelf.getItem(WAITING) ?? "null");
  /** @type {Sighting[]} */
  let waiting = kept?.owner === owner ? kept.waiting : [];
  /** The unknown code that was scanned last. @type {string | null} */
  let last = null;
  let isSaving = false;
  let isClosed = false;

  const note = () => shelf.setItem(WAITING, JSON.stringify({ owner, waiting }));
  const put = (/** @type {Omit<Sighting, "id">} */ sighting) => {
    waiting = [...waiting, { id: mint(), ...sighting }].slice(-MOST_WAITING);
    note();
    saveNow();
  };
  const saveNow = async () => {
    if (isSaving || isClosed || waiting.length === 0) return;
    isSaving = true;
    const [sighting] = waiting;
    const isDone = await save(sighting);
    isSaving = false;
    if (isDone) {
      waiting = waiting.filter((one) => one !== sighting);
      note();
      saved();
      saveNow();
    } else later(saveNow, RETRY_MS);
  };

  return {
    /**
     * A scan, before anything is known of it: it stands beside the unknown one before it.
     * @param {string} code
     */
    scanned(code) {
      const beside = last;
      if (beside === null || beside === code) return;
      last = null;
      put({ code: beside, times: 0, before: [], after: [code] });
    },
    /**
     * It is known to be unknown.
     * @param {string} code @param {number} times how often it was scanned until now
     * @param {string[]} history the session's scans, the newest last
     */
    found(code, times, history) {
      const place = history.indexOf(code);
      const before = place < 0 ? [] : history.slice(Math.max(0, place - BESIDE), place);
      const next = place < 0 ? undefined : history.slice(place).find((other) => other !== code);
      last = next === undefined ? code : null;
      put({ code, times: Math.min(times, MOST_TIMES), before, after: next === undefined ? [] : [next] });
    },
    retryNow: saveNow,
    close() {
      isClosed = true;
    },
  };
}

/**
 * Saves it through the scan page's own door: the phone's worker, and where there is none the hub.
 * @param {Sighting} sighting
 */
export async function saveUnknown({ id, code, times, before, after }) {
  const fields = [
    ["operation_id", id],
    ["code", code],
    ["times", String(times)],
    ...before.map((one) => ["before", one]),
    ...after.map((one) => ["after", one]),
  ];
  try {
    const headers = { "HX-Request": "true", Accept: "text/html" };
    const answer = await fetch("/", { method: "POST", headers, body: new URLSearchParams(fields) });
    // Not where it led to the sign-in. What is refused once is refused the next time too.
    return answer.status === 422 || (answer.ok && new URL(answer.url).pathname === "/");
  } catch (error) {
    // No network, and no worker to keep it: it waits in this tab.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** An operation's id, also where a page is not secure and may not ask for one. */
export function mintId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const part = (/** @type {number} */ from, /** @type {number} */ to) => digits.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-a${part(17, 20)}-${part(20, 32)}`;
}
