/**
 * Asks for the markup of a page. The phone's own worker is asked by word where it can answer: a fetch through a worker
 * passes the browser itself on its way there and back, with all its headers and pipes.
 */

// What a worker knows it says within a frame or two; one that is just being started takes longer.
const PATIENCE_MS = 1_500;

/** An older worker, which does not know the question, is asked once. */
let isUnderstood = true;

/**
 * Null where there is no such page now; a fetch that cannot reach the hub throws as fetches do.
 * @param {string} href @param {AbortSignal} [signal]
 * @returns {Promise<string | null>}
 */
export async function markupOf(href, signal) {
  const told = await byWord(href);
  if (told !== null) return told;
  signal?.throwIfAborted();
  const answer = await fetch(href, { headers: { Accept: "text/html" }, signal });
  return answer.ok && !answer.redirected ? await answer.text() : null;
}

/** Null where the worker leaves the page to the hub. @param {string} href @returns {Promise<string | null>} */
function byWord(href) {
  const worker = navigator.serviceWorker?.controller;
  if (!worker || !isUnderstood) return Promise.resolve(null);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const end = (/** @type {string | null} */ told) => {
      clearTimeout(silence);
      port1.close();
      resolve(told);
    };
    const silence = setTimeout(() => {
      isUnderstood = false;
      end(null);
    }, PATIENCE_MS);
    port1.onmessage = ({ data }) => end(data);
    worker.postMessage({ type: "page", href: new URL(href, location.href).href }, [port2]);
  });
}

/**
 * A part of a page, parsed alone: what stands around it is here already.
 * @param {string} markup @param {string} from what it begins with @param {string} to the last of these ends it
 */
export function partOf(markup, from, to) {
  const start = Math.max(markup.indexOf(from), 0);
  const end = markup.lastIndexOf(to);
  return parsed(markup.slice(start, end < start ? markup.length : end));
}

/** Elements that stand in no page yet. @param {string} markup */
export function parsed(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content;
}
