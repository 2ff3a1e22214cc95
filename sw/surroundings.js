/**
 * What a phone needs from the world and a test may want to be otherwise.
 *
 * The real worker leaves all of it as it is; a test or the simulation gives each phone a database, a clock and a network
 * of its own.
 */

import { orderedId } from "../sync/ids.js";

/** @typedef {(view: import("./view.js").View, request: PageRequest) => any} Filler */
/** @typedef {{url: URL, form?: {fields: Record<string, string[]>, problem: import("../sync/operations.js").Problem},
 *   mint: () => string}} PageRequest `form` is there when a form was refused: what was typed, by field, and why */

/**
 * @typedef {object} Surroundings
 * @property {IDBFactory} indexedDB
 * @property {SubtleCrypto} subtle
 * @property {(path: string, init: RequestInit) => Promise<Response>} fetch never called within a transaction
 * @property {{persisted(): Promise<boolean>, estimate(): Promise<StorageEstimate>} | undefined} storage what the browser says of it
 * @property {() => number} now the phone's clock, ms
 * @property {() => number} mono a clock nobody can set, ms
 * @property {() => string} mint a fresh UUID
 * @property {() => number} random 0 up to 1, for jitter alone
 * @property {(delay_ms: number, work: () => void) => () => void} later gives back how to call it off
 * @property {(work: () => void) => void} afterAnswer does what may wait until a page that is being answered is shown
 * @property {() => Promise<void>} breathe lets whatever else is due happen, between two steps of long work
 * @property {number} looseAtMost rows of goods or stock that may lie outside of packed blocks for long
 * @property {(message: any) => void} broadcast to every page of this phone
 * @property {() => Promise<boolean>} visible whether somebody looks at a page
 * @property {() => Promise<void>} askForSync has the browser wake the worker when the network is back, where it can
 * @property {(error: unknown) => void} report a bug, loudly
 * @property {Record<string, Filler>} pages by record: `itemPage`, …
 * @property {Record<string, (template: string, record: any) => string>} render by language
 * @property {{id: string, headers: Record<string, Record<string, string>>}} release `headers` of a page by language
 */

/** @param {Partial<Surroundings>} given @returns {Surroundings} */
export function surroundings(given = {}) {
  return {
    indexedDB: globalThis.indexedDB,
    subtle: globalThis.crypto.subtle,
    fetch: (path, init) => globalThis.fetch(path, init),
    storage: globalThis.navigator?.storage,
    now: () => Date.now(),
    mono: () => performance.now(),
    mint: () => orderedId(Date.now(), globalThis.crypto.randomUUID().replaceAll("-", "")),
    random: () => Math.random(),
    later,
    afterAnswer: (work) => work(),
    breathe,
    looseAtMost: 2_000,
    broadcast: () => undefined,
    askForSync: async () => undefined,
    visible: async () => true,
    report: (error) => console.error(error),
    pages: {},
    render: {},
    release: { id: "", headers: {} },
    ...given,
  };
}

/** @param {number} delay_ms @param {() => void} work */
function later(delay_ms, work) {
  const timer = setTimeout(work, delay_ms);
  return () => clearTimeout(timer);
}

/** A timer of nothing would be made to wait some milliseconds; a message is not. */
function breathe() {
  const { port1, port2 } = new MessageChannel();
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    })
  );
}
