/** An outbox as the first release wrote it, byte for byte what stood on its phones, is read by this one. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { signingText } from "../../sync/operations.js";
import { ADA, HARBOUR, onHand, readyPhone, smallShop, TEA } from "./small_shop.js";

const CLIENT = "0190a000-0000-7000-8000-0000000000c1";
const IDS = [1, 2, 3].map((number) => `0190a000-0000-7000-8000-00000000000${number}`);
const AT = 1_780_000_000_000;

/** Never change this: it is what is out there. */
function firstRelease(factory, rows, journal) {
  return new Promise((resolve, reject) => {
    const request = factory.open("stockhand-outbox", 1);
    request.onupgradeneeded = () => {
      const { result } = request;
      result.createObjectStore("clients", { keyPath: "id" });
      result.createObjectStore("operations", { keyPath: "id" });
      const answered = result.createObjectStore("journal", { keyPath: "id" });
      answered.createIndex("unreached", "unreached");
      answered.createIndex("status", "result.status");
      result.createObjectStore("keys", { keyPath: "person" });
      result.createObjectStore("settings", { keyPath: "name" });
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const names = ["clients", "operations", "journal", "settings"];
      const transaction = request.result.transaction(names, "readwrite");
      const put = (store, row) => transaction.objectStore(store).put(row);
      put("clients", { id: CLIENT, next: 4, settled: 1, active: true });
      for (const row of rows) put("operations", row);
      for (const row of journal) put("journal", row);
      put("settings", { name: "person", value: ADA });
      transaction.oncomplete = () => {
        request.result.close();
        resolve(undefined);
      };
    };
  });
}

function recorded(hub, n, more = {}) {
  const args = { store: HARBOUR, item: TEA, delta: -n, reason: "damaged" };
  const operation = { id: IDS[n - 1], kind: "stock.adjust", v: 1, args, at: AT + n, by: ADA };
  const mac = createHmac("sha256", hub.keyOf(ADA)).update(signingText(operation)).digest("base64");
  return { ...operation, mono: 1000 + n, offset: null, mac, client: CLIENT, n, ...more };
}

test("what the first release saved is sent as it stands, and what it knew is still known", async () => {
  const hub = smallShop();
  const nothing = { id: IDS[2], kind: "void", v: 1, args: {}, at: AT + 3, by: ADA };
  const withdrawn = createHmac("sha256", hub.keyOf(ADA)).update(signingText(nothing)).digest("base64");
  const [done, waits, taken] = [recorded(hub, 1), recorded(hub, 2), recorded(hub, 3, { withdrawn })];
  const { client, mac, ...first } = done;
  hub.push({ client, ops: [{ ...first, mac }] });
  const result = { n: 1, id: done.id, status: "applied", code: null, params: {}, review: false, heads: {} };
  const factory = new IDBFactory();
  await firstRelease(factory, [waits, taken], [{ ...done, result, settled_at: AT + 10, unreached: 1 }]);

  const { phone, line } = await readyPhone(hub, ADA, { indexedDB: factory });
  await phone.engine.run();
  const sent = line.requests.filter(({ path }) => path === "/sync/push").flatMap(({ body }) => body.ops);
  assert.deepEqual(
    sent.map(({ id, n, kind, args }) => [id, n, kind, args]),
    [
      [IDS[1], 2, "stock.adjust", waits.args],
      [IDS[2], 3, "void", {}],
    ],
  );
  assert.deepEqual([hub.forged, hub.booked.get(IDS[1]).status, hub.booked.get(IDS[2]).status], [[], "applied", "void"]);
  assert.deepEqual([await onHand(phone), (await phone.state()).waiting, hub.clients.size], [7, 0, 1]);
  const { through, oldest_at } = await phone.health();
  assert.deepEqual([through, oldest_at], [3, null]);
});
