/** Where a phone keeps what was scanned in counts, and how one number is told. */

const KEY = "count";
const TOLD_PATH = /^\/counts(\/|$)/;

/** @typedef {{ owner: string, session: string, shelf: string }} Place */

/** @param {Place} place */
export const countKey = ({ owner, session, shelf }) => `${KEY}:${owner}:${session}:${shelf}`;

/** The place that a key is of; null for another key. @param {string} key @returns {Place | null} */
export function placeOf(key) {
  const [kind, owner, session, ...shelf] = key.split(":");
  return kind === KEY && session !== undefined ? { owner, session, shelf: shelf.join(":") } : null;
}

/**
 * Sends a number through the form of its count, so that a phone keeps it without a network.
 * @param {{ session: string, shelf: string }} place
 * @returns {import("./count_recording.js").Save}
 */
export function saveCounted({ session, shelf }) {
  return async (id, item, times) => {
    try {
      const headers = { "HX-Request": "true", Accept: "text/html" };
      const body = new URLSearchParams({ operation_id: id, item, counted: String(times), shelf });
      const answer = await fetch(`/counts/${session}`, { method: "POST", headers, body, keepalive: true });
      return answer.ok && TOLD_PATH.test(new URL(answer.url).pathname);
    } catch (error) {
      // No network, and no worker to keep it: it stays due.
      if (error instanceof TypeError) return false;
      throw error;
    }
  };
}
