/** Keeps the number of packed pages of a bucket small: the new ones become one, and now and then all of them do. */

import { merged } from "./bucket.js";
import { answer } from "./databases.js";

const MOST_PAGES = 16;

/**
 * Folds when there are too many pages. The first page holds nearly everything: it is written again only when the rest
 * has grown to a quarter of it, so a busy bucket does not rewrite ten thousand rows for every sixteen changes.
 * @param {import("./replica.js").Replica} replica @param {string} id
 */
export async function folded(replica, id) {
  const { live } = replica.places.get(id) ?? {};
  const before = live?.pages ?? [];
  if (before.length <= MOST_PAGES) return;
  const texts = await replica.database.read(["pages"], (stores) =>
    Promise.all(before.map((key) => answer(stores("pages").get(key)))),
  );
  // Another engine may have folded them since.
  if (texts.includes(undefined)) return;
  const rest = texts.slice(1).reduce((length, text) => length + text.length, 0);
  const whole = rest * 4 > texts[0].length;
  const isBottom = whole && live?.packed === undefined;
  const old = whole ? before : before.slice(1);
  const page = merged((whole ? texts : texts.slice(1)).map((text) => JSON.parse(text)));
  // Over packed rows, what is gone still has to be told.
  const text = JSON.stringify(isBottom ? { puts: page.puts, gone: [] } : page);
  await replica.database.write(
    ["pages", "places"],
    (stores) => swap(replica, stores, id, before, old, text),
    "default",
  );
}

/**
 * @param {import("./replica.js").Replica} replica @param {import("./databases.js").Stores} stores
 * @param {string} id @param {number[]} before @param {number[]} old @param {string} text
 */
async function swap(replica, stores, id, before, old, text) {
  const place = await answer(stores("places").get(id));
  const unchanged =
    place?.live?.pages.length === before.length && before.every((key, at) => key === place.live.pages[at]);
  if (!unchanged) return;
  const key = /** @type {number} */ (await answer(stores("pages").add(text)));
  for (const each of old) stores("pages").delete(each);
  const pages = [...before.slice(0, before.length - old.length), key];
  const kept = { ...place, live: { ...place.live, pages } };
  stores("places").put(kept);
  replica.places.set(id, kept);
}
