/** A first download by snapshots: in pieces, shown when whole, gone on with after a break, and never endless. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { CatalogueIndex } from "../../sw/catalogue_index.js";
import { sortKey } from "../../sync/formats.js";
import { bigShop, figures, records, same } from "./big_shop.js";
import { ADA, adjust, BO, HARBOUR, item, onHand, phoneOf, readyPhone, restarted, STATION, TEA } from "./small_shop.js";

const pieces = (line) =>
  line.requests.filter(({ path }) => path.startsWith("/sync/snapshots/")).map(({ path }) => path);

test("a first download by snapshots holds what the hub holds, and so does the worker's next life", async () => {
  const hub = bigShop();
  const made = await readyPhone(hub);
  same(made.phone, hub);
  assert.ok(pieces(made.line).length >= 18, `${pieces(made.line)}`);
  assert.ok(made.phone.replica.buckets.get("catalogue:1").packed !== null);
  const view = await made.phone.view();
  assert.equal(view.search("green red", 0, 9).total, 0);
  // Every third one, and the green tea.
  assert.equal(view.search("绿", 0, 50).total, 14);
  made.line.requests.length = 0;
  const { phone, line } = restarted(hub, made);
  assert.equal((await phone.view()).itemBySku("sku-203").id, 203);
  await phone.engine.run();
  same(phone, hub);
  assert.deepEqual(pieces(line), []);
});

test("goods and own stock are shown before the stock of neighbours is here, which is not the same as none", async () => {
  const hub = bigShop();
  const { phone, line } = phoneOf(hub);
  const seen = [];
  line.before = async (path) => {
    if (path.startsWith(`/sync/snapshots/stock:${STATION}`)) seen.push(await phone.view());
    if (path.startsWith(`/sync/snapshots/stock:${HARBOUR}`)) assert.equal(await phone.view(), null);
  };
  await phone.message({ type: "who", person: ADA });
  assert.ok(seen.length > 4 && !seen.includes(null));
  assert.deepEqual([...new Set(seen.flatMap((view) => view.stockComing()))], [STATION]);
  assert.equal(seen[0].stock(HARBOUR, 203).on_hand, 0);
  assert.equal(seen[0].stock(HARBOUR, 204).on_hand, 1);
  assert.deepEqual((await phone.view()).stockComing(), []);
  assert.equal((await phone.view()).stock(STATION, 204).on_hand, 1);
  same(phone, hub);
});

test("the bar of the first download grows from nothing to all of it", async () => {
  const hub = bigShop();
  const { phone, told } = phoneOf(hub);
  await phone.message({ type: "who", person: ADA });
  const firsts = told.flatMap(({ state }) => state?.first ?? []);
  const shares = firsts.map(({ bytes, of_bytes }) => bytes / Math.max(1, of_bytes));
  assert.deepEqual(
    [...shares].sort((one, other) => one - other),
    shares,
  );
  assert.ok(new Set(shares).size > 6, `${shares}`);
  assert.ok(firsts.every(({ rows, of_rows }) => rows <= of_rows));
  assert.equal((await phone.state()).first, null);
});

test("what changes while the pieces come is there in the end", async () => {
  const hub = bigShop();
  const { phone, line } = phoneOf(hub);
  let count = 0;
  line.after = async (path) => {
    if (!path.startsWith("/sync/snapshots/")) return;
    count += 1;
    hub.put(`stock:${HARBOUR}`, String(200 + count), figures(70 + count));
    item(hub, 210 + count, `Renamed ${count}`, "", "");
    if (count === 5) hub.remove("catalogue:1", "239");
  };
  await phone.message({ type: "who", person: ADA });
  line.after = null;
  await phone.engine.run();
  same(phone, hub);
  assert.equal((await phone.view()).search("renamed 3", 0, 5).rows[0].id, 213);
});

test("a download goes on with the pieces it has", async () => {
  const hub = bigShop();
  const made = phoneOf(hub);
  let count = 0;
  made.line.before = (path) => {
    if (path.startsWith("/sync/snapshots/")) count += 1;
    if (count > 6) made.line.down = true;
  };
  await made.phone.message({ type: "who", person: ADA });
  made.phone.engine.stop();
  const had = pieces(made.line).slice(0, 6);
  const { phone, line } = restarted(hub, made);
  await phone.message({ type: "who", person: ADA });
  same(phone, hub);
  assert.deepEqual(
    pieces(line).filter((path) => had.includes(path)),
    [],
  );
});

test("a snapshot that was let go is asked for anew", async () => {
  const hub = bigShop();
  const { phone, line } = phoneOf(hub);
  let count = 0;
  line.after = (path) => {
    if (!path.startsWith("/sync/snapshots/catalogue:1")) return;
    count += 1;
    if (count !== 3) return;
    item(hub, 300, "New", "", "");
    hub.snapshots.delete("catalogue:1");
  };
  await phone.message({ type: "who", person: ADA });
  same(phone, hub);
});

test("a hub that never has what it offers is asked for rows in the end", async () => {
  const hub = bigShop();
  const { phone, line } = phoneOf(hub);
  line.before = () => {
    for (const snapshot of hub.snapshots.values()) snapshot.seq += 1;
  };
  line.instead = (path) => (path.startsWith("/sync/snapshots/") ? new Response("{}", { status: 404 }) : null);
  await phone.message({ type: "who", person: ADA });
  same(phone, hub);
  assert.ok(line.requests.length < 60, `${line.requests.length} requests`);
});

test("a snapshot that does not add up is not shown, and the hub is asked for rows", async () => {
  const hub = bigShop();
  const reports = [];
  const { phone } = phoneOf(hub, { report: (error) => reports.push(error) });
  const right = hub.snapshot("catalogue:1");
  right.bytes.set("p2", hub.snapshot("catalogue:1").bytes.get("p3"));
  await phone.message({ type: "who", person: ADA });
  same(phone, hub);
  assert.equal(reports.length, 1);
});

test("while the hub still makes a snapshot the phone waits and asks again", async () => {
  const hub = bigShop();
  hub.waits = 5;
  const { phone, timers } = phoneOf(hub);
  const come = phone.message({ type: "who", person: ADA });
  const turn = setInterval(() => {
    for (const timer of timers) if (timer.delay_ms === 10) timer.work();
  }, 1);
  await come;
  clearInterval(turn);
  same(phone, hub);
});

test("who may no longer have a bucket keeps no piece of it", async () => {
  const hub = bigShop();
  const made = phoneOf(hub);
  made.line.before = (path) => {
    if (path.startsWith(`/sync/snapshots/stock:${STATION}`)) made.line.down = true;
  };
  await made.phone.message({ type: "who", person: ADA });
  assert.ok(made.phone.replica.places.has(`stock:${STATION}`));
  hub.shelves[ADA] = hub.shelves[ADA].filter((id) => id !== `stock:${STATION}`);
  const { phone } = restarted(hub, made);
  await phone.message({ type: "who", person: ADA });
  same(phone, hub);
  assert.equal(phone.replica.places.has(`stock:${STATION}`), false);
  await phone.engine.run();
  const held = [...phone.replica.places.values()].flatMap(({ live }) => [
    ...(live.packed?.blocks ?? []),
    ...(live.packed?.index ?? []),
  ]);
  assert.deepEqual((await records(phone, "blocks")).sort(), held.sort());
});

test("what lies loose is folded into blocks, and nothing is lost on the way or in the next life", async () => {
  const hub = bigShop();
  const made = await readyPhone(hub);
  made.phone.replica.looseAtMost = 6;
  for (let count = 0; count < 40; count += 1) {
    item(hub, 205 + (count % 30), `Renamed ${count}`, count % 2 ? "茶" : "", `pin ${count}`);
    hub.put(`stock:${HARBOUR}`, String(200 + ((count * 7) % 55)), figures(count));
    if (count % 9 === 3) hub.remove("catalogue:1", String(236 - Math.floor(count / 9)));
    await made.phone.engine.run();
    assert.ok(made.phone.replica.buckets.get("catalogue:1").loose.size <= 6);
    same(made.phone, hub);
  }
  const { phone } = restarted(hub, made);
  await phone.view();
  same(phone, hub);
  assert.equal((await phone.view()).search("renamed 39", 0, 5).total, 1);
});

test("blocks that stay are searched after others were packed anew as they were before", async () => {
  const hub = bigShop();
  const { phone } = await readyPhone(hub);
  Object.assign(phone.replica, { looseAtMost: 3, rowsABlockAtLeast: 2 });
  const blocks = () => new Set(phone.replica.buckets.get("catalogue:1").packed.blocks);
  const found = async (q) => (await phone.view()).search(q, 0, 200).rows.map(({ id }) => id);
  let stayed = 0;
  for (let round = 0; round < 8; round += 1) {
    const [before, red] = [blocks(), await found("red")];
    for (let id = 300 + round * 5; id < 305 + round * 5; id += 1) item(hub, id, `Late ${id} red`, "", "");
    item(hub, 204 + round * 3, `Renamed ${round}`, round % 2 ? "茶" : "", `pin ${round}`);
    if (round > 4) hub.remove("catalogue:1", String(200 + round));
    await phone.engine.run();
    stayed += [...blocks()].filter((block) => before.has(block)).length;
    same(phone, hub);
    const live = [...hub.buckets.get("catalogue:1").rows.values()].filter(({ gone }) => !gone).map(({ row }) => row);
    for (const word of ["red", "green", "renamed", "late", "茶"]) {
      const wanted = live.filter(({ name_en, name_zh }) => `${name_en} ${name_zh}`.toLowerCase().includes(word));
      const ids = await found(word);
      assert.deepEqual([...ids].sort(), wanted.map(({ id }) => id).sort(), `${word}, round ${round}`);
    }
    assert.ok(red.length > 0);
    const sorted = new CatalogueIndex([phone.replica.buckets.get("catalogue:1").shelf]);
    const listed = [
      sorted.sorted("en").map((one) => sortKey(one.name_en)),
      sorted.sorted("zh").map((one) => one.sort_zh),
    ];
    for (const keys of listed) assert.deepEqual(keys, [...keys].sort());
  }
  assert.ok(stayed > 16, `${stayed} blocks stayed`);
});

test("a form saved while everything is folded is shown", async () => {
  const hub = bigShop();
  const { phone } = await readyPhone(hub);
  phone.replica.looseAtMost = 0;
  await adjust(phone, -3);
  assert.equal(await onHand(phone, HARBOUR, TEA), 7);
  same(phone, hub);
});

test("a block that the disk has spoilt is found while nobody waits, and fetched again", async () => {
  const hub = bigShop();
  const made = await readyPhone(hub);
  const key = made.phone.replica.places.get("catalogue:1").live.packed.blocks[1];
  await made.phone.replica.database.write(["blocks"], async (stores) => {
    const request = stores("blocks").get(key);
    await new Promise((resolve) => {
      request.onsuccess = () => {
        stores("blocks").put({ ...request.result, ids: request.result.ids.map((id) => id + 500) }, key);
        resolve(undefined);
      };
    });
  });
  const { phone } = restarted(hub, made);
  for (let round = 0; round < 20; round += 1) await phone.engine.run();
  same(phone, hub);
});

test("two people on one phone each have their own", async () => {
  const hub = bigShop();
  const made = await readyPhone(hub);
  hub.session = BO;
  hub.home = STATION;
  await made.phone.message({ type: "who", person: BO });
  same(made.phone, hub, BO);
  assert.deepEqual((await made.indexedDB.databases()).map(({ name }) => name).sort(), [
    "stockhand-outbox",
    `stockhand-replica-2-${ADA}`,
    `stockhand-replica-2-${BO}`,
  ]);
});
