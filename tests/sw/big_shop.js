/** The small shop with forty items more, which come as snapshots. */

import assert from "node:assert/strict";
import { ADA, HARBOUR, item, STATION, smallShop } from "./small_shop.js";

const MANY = 40;

/** A shop of forty items more; goods and stock come as snapshots, in pieces of eight rows. */
export function bigShop() {
  const hub = smallShop();
  for (let id = 200; id < 200 + MANY; id += 1) {
    item(
      hub,
      id,
      `Item ${id} ${id % 3 ? "red" : "绿 green"}`,
      id % 4 ? "" : `茶 ${id}`,
      `pin ${id}`,
      `0${id}0000000000${id % 10}`.slice(0, 14),
    );
    for (const store of [HARBOUR, STATION]) hub.put(`stock:${store}`, String(id), figures(id % 7));
  }
  hub.snapshotsFrom = 20;
  hub.home = HARBOUR;
  return hub;
}

export const figures = (on_hand) => ({ on_hand, reserved: 0, in_transit_in: 0, in_transit_out: 0 });

const rowsOf = ({ rows }) => new Map([...rows].sort());

export function same(phone, hub, person = ADA) {
  const held = new Map([...phone.replica.buckets].map(([id, bucket]) => [id, rowsOf(bucket)]));
  /** @returns {[string, any][]} */
  const live = (id) => [...hub.buckets.get(id).rows].filter(([, row]) => !row.gone).map(([key, { row }]) => [key, row]);
  const wanted = new Map(
    hub.shelves[person].filter((id) => hub.buckets.has(id)).map((id) => [id, new Map(live(id).sort())]),
  );
  const byName = (rows) => [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
  assert.deepEqual(byName(held), byName(wanted));
  for (const [id, bucket] of phone.replica.buckets) assert.equal(bucket.sum, hub.sumOf(id), `checksum of ${id}`);
}

/** Keys of a store of the replica. */
export async function records(phone, store) {
  return await phone.replica.database.read([store], (stores) => {
    const request = stores(store).getAllKeys();
    return new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  });
}
