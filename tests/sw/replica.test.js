import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA,
  adjust,
  BO,
  get,
  HARBOUR,
  item,
  onHand,
  phoneOf,
  readyPhone,
  restarted,
  STATION,
  smallShop,
  TEA,
} from "./small_shop.js";

/** @returns {Map<string, any>} */
const rowsOf = (phone) => new Map([...phone.replica.buckets].map(([id, { rows }]) => [id, new Map([...rows].sort())]));

function rowsOfHub(hub, person) {
  const held = hub.shelves[person].filter((id) => hub.buckets.has(id));
  /** @returns {any} */
  const live = (id) => [...hub.buckets.get(id).rows].filter(([, row]) => !row.gone).map(([key, { row }]) => [key, row]);
  return new Map(held.map((id) => [id, new Map(live(id).sort())]));
}

function same(phone, hub, person = ADA) {
  const byName = (rows) => [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
  assert.deepEqual(byName(rowsOf(phone)), byName(rowsOfHub(hub, person)));
}

test("the replica holds what the hub holds, after puts, tombstones and a new life of the worker", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  same(made.phone, hub);
  hub.put("stock:10", String(TEA), { on_hand: 3, reserved: 1, in_transit_in: 0, in_transit_out: 0 });
  hub.remove("catalogue:1", "102");
  await made.phone.engine.run();
  same(made.phone, hub);
  const { phone } = restarted(hub, made);
  await phone.view();
  same(phone, hub);
});

test("nothing is shown before the first download is whole, then everything", async () => {
  const hub = smallShop();
  hub.rowsAtMost = 3;
  const { phone, line, told } = phoneOf(hub);
  const seen = [];
  line.before = async (path) => {
    if (path === "/sync/pull") seen.push(await phone.view());
  };
  await phone.message({ type: "who", person: ADA });
  assert.ok(seen.length > 3 && seen.every((view) => view === null));
  assert.notEqual(await phone.view(), null);
  same(phone, hub);
  const growing = told.flatMap(({ state }) => state?.first?.rows ?? []);
  assert.deepEqual(
    [...growing].sort((a, b) => a - b),
    growing,
  );
});

test("a long download is shown all at once", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  for (let id = 200; id < 220; id += 1) item(hub, id, `Item ${id}`, "", "");
  hub.put("stock:10", String(TEA), { on_hand: 1, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
  hub.rowsAtMost = 4;
  const seen = new Set();
  line.before = async () => seen.add(`${(await phone.view()).itemsSorted().length}/${await onHand(phone)}`);
  await phone.engine.run();
  assert.deepEqual([...seen], ["3/10"]);
  assert.equal((await phone.view()).itemsSorted().length, 23);
  same(phone, hub);
});

test("what was answered stays in view while a long download brings it", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.instead = (path) => (path === "/sync/pull" ? new Response("", { status: 500 }) : null);
  await adjust(phone, -3);
  line.instead = null;
  assert.equal(hub.booked.size, 1);
  for (let id = 200; id < 220; id += 1) item(hub, id, `Item ${id}`, "", "");
  hub.rowsAtMost = 4;
  const seen = new Set();
  line.before = async () => seen.add(await onHand(phone));
  await phone.engine.run();
  assert.deepEqual([...seen], [7]);
  assert.equal(await onHand(phone), 7);
});

test("a download goes on where the worker was killed", async () => {
  const hub = smallShop();
  hub.rowsAtMost = 2;
  const made = phoneOf(hub);
  let answers = 0;
  made.line.after = () => {
    answers += 1;
    if (answers > 4) made.line.losesAnswer = 99;
  };
  await made.phone.message({ type: "who", person: ADA });
  made.phone.engine.stop();
  const second = restarted(hub, made);
  await second.phone.engine.run();
  same(second.phone, hub);
  const first = second.line.requests.find(({ path }) => path === "/sync/pull");
  assert.ok(Object.keys(first.body.cursors).length > 0);
});

test("a bucket whose checksum is wrong is fetched whole, once", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  phone.replica.buckets.get("stock:10").apply({ puts: [["100", 77, { on_hand: 5 }]], gone: [] });
  hub.put("stock:10", "101", { on_hand: 4, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
  const seen = [];
  line.before = async () => seen.push(await onHand(phone, HARBOUR, 101));
  await phone.engine.run();
  same(phone, hub);
  assert.deepEqual(seen, [10, 10], "shown before it added up, or asked for more than once");
});

test("damage on disk is found when the worker starts and mended by the next pull", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  await made.phone.replica.database.write(["pages"], async (stores) => {
    const request = stores("pages").openCursor();
    await new Promise((resolve) => {
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return resolve(undefined);
        const page = JSON.parse(cursor.value);
        cursor.update(JSON.stringify({ ...page, puts: page.puts.slice(1) }));
        cursor.continue();
      };
    });
  });
  const { phone } = restarted(hub, made);
  await phone.engine.run();
  same(phone, hub);
});

test("a bucket the person may no longer read is gone after the next pull", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  hub.shelves[ADA] = hub.shelves[ADA].filter((id) => id !== `stock:${STATION}`);
  await made.phone.engine.run();
  assert.equal(made.phone.replica.buckets.has(`stock:${STATION}`), false);
  const { phone } = restarted(hub, made);
  await phone.view();
  same(phone, hub);
});

test("many small pulls are folded and nothing is lost", async () => {
  const hub = smallShop();
  for (let id = 200; id < 400; id += 1) item(hub, id, `Item ${id}`, "", "");
  const made = await readyPhone(hub);
  for (let count = 0; count < 60; count += 1) {
    if (count === 30) hub.remove("catalogue:1", "250");
    item(hub, 300 + count, `Renamed ${count}`, "", "");
    await made.phone.engine.run();
  }
  assert.ok(made.phone.replica.places.get("catalogue:1").live.pages.length <= 17);
  same(made.phone, hub);
  const { phone } = restarted(hub, made);
  await phone.view();
  same(phone, hub);
  assert.equal(phone.replica.doubts(), false);
});

test("an answer for somebody who has left is dropped", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  hub.put(`user:${ADA}`, "outcome:x", { id: "x" });
  let once = true;
  line.after = async (path) => {
    if (path !== "/sync/pull" || !once) return;
    once = false;
    hub.session = BO;
    await phone.who.become(BO);
  };
  await phone.engine.run();
  await phone.engine.run();
  assert.equal((await phone.view()).person.name, "Bo");
  same(phone, hub, BO);
  await phone.who.become(ADA);
  assert.equal(phone.replica.buckets.get(`user:${ADA}`).rows.has("outcome:x"), false);
});

test("when the hub speaks to somebody else, that person is here", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  hub.session = BO;
  await phone.engine.run();
  assert.equal((await phone.view()).person.name, "Bo");
  same(phone, hub, BO);
  const page = await get(phone, "/me");
  assert.equal((await page.json()).locale, "zh");
});

test("after a sign-out pages are the network's, and the same person finds everything again", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  await adjust(phone, -1);
  await phone.message({ type: "nobody" });
  assert.equal(await get(phone, "/items"), null);
  await phone.message({ type: "who", person: ADA });
  assert.equal(await onHand(phone, HARBOUR), 9);
});

test("a hint with nothing new asks for nothing, one with something new does", async () => {
  const hub = smallShop();
  const { phone, line, told } = await readyPhone(hub);
  line.requests.length = 0;
  await phone.message({ type: "hint", heads: hub.heads() });
  assert.deepEqual(line.requests, []);
  hub.put("stock:10", String(TEA), { on_hand: 1, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
  await phone.message({ type: "hint", heads: hub.heads() });
  assert.equal(await onHand(phone), 1);
  assert.deepEqual(told.findLast(({ type }) => type === "changed").buckets, ["stock:10"]);
});

test("a page asked for right after a sign-in is never the one of the person before", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  made.phone.engine.stop();
  const { phone } = restarted(hub, made);
  assert.equal((await phone.view()).person.name, "Ada");
  hub.session = BO;
  const arrived = phone.message({ type: "who", person: BO });
  assert.equal(await get(phone, "/me"), null);
  await arrived;
  assert.equal((await (await get(phone, "/me")).json()).locale, "zh");
});
