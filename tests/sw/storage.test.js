/** What happens when the phone cannot keep what it is given: nothing is lost, nothing is hidden, work goes on. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { adjust, BO, get, HARBOUR, onHand, phoneOf, post, readyPhone, STATION, smallShop, TEA } from "./small_shop.js";

/**
 * A storage that fails on demand: `full` names databases (by a piece of their name) in which nothing more can be
 * written, `dead` those that cannot even be opened.
 */
function failing() {
  const real = new IDBFactory();
  const demand = { full: [], dead: [] };
  const hits = (kind, name) => demand[kind].some((piece) => name.includes(piece));
  const open = (name, version) => {
    if (hits("dead", name)) throw new DOMException("Internal error opening backing store.", "UnknownError");
    const request = real.open(name, version);
    request.addEventListener("success", () => {
      const { result } = request;
      const transaction = result.transaction.bind(result);
      result.transaction = (names, mode, options) => {
        if (hits("dead", name)) throw new DOMException("The database connection is closed.", "InvalidStateError");
        const begun = transaction(names, mode, options);
        if (mode === "readwrite" && hits("full", name)) overflow(begun);
        return begun;
      };
    });
    return request;
  };
  const factory = {
    open,
    databases: () => real.databases(),
    deleteDatabase: (name) => {
      demand.deleted = [...(demand.deleted ?? []), name];
      return real.deleteDatabase(name);
    },
  };
  return { factory, demand };
}

/** The browser finds at the end of it that there is no room. */
function overflow(transaction) {
  Object.defineProperty(transaction, "error", { get: () => new DOMException("No room.", "QuotaExceededError") });
  setImmediate(() => {
    try {
      transaction.abort();
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
    }
  });
}

const formOf = async (answer) => (await answer.json()).form;

test("a form that finds no room is given back as it was typed, with a sentence", async () => {
  const { factory, demand } = failing();
  const hub = smallShop();
  const { phone } = await readyPhone(hub, 1, { indexedDB: factory });
  demand.full = ["outbox"];
  const { answer } = await adjust(phone, -3);
  assert.equal(answer, null, "the hub may take it");
  const body = new URLSearchParams({ operation_id: crypto.randomUUID(), quantity: "3", direction: "out" });
  const again = new Request("https://shop.test/items/100", { method: "POST", body, headers: { "HX-Request": "true" } });
  const missing = await phone.missing(again);
  assert.equal(missing.status, 422);
  const { problem, fields } = await formOf(missing);
  assert.deepEqual([problem.code, fields.quantity], ["phone_full", ["3"]]);
  assert.equal((await phone.state()).storage, "full");
  assert.equal(await onHand(phone), 10);
  await phone.engine.run();
  assert.equal((await phone.state()).storage, "full", "with nothing to send there is no more room than before");
  demand.full = [];
  phone.engine.resume();
  await phone.engine.run();
  assert.equal((await phone.state()).storage, "ok");
});

test("room is made for what staff did: what others had here goes, and the stock of other stores", async () => {
  const { factory, demand } = failing();
  const hub = smallShop();
  const first = await readyPhone(hub, BO, { indexedDB: factory });
  first.phone.engine.stop();
  const { phone, line, clock } = await readyPhone(hub, 1, { indexedDB: factory });
  line.down = true;
  demand.full = ["outbox"];
  demand.deleted = [];
  const deleted = factory.deleteDatabase;
  factory.deleteDatabase = (name) => {
    demand.full = [];
    return deleted(name);
  };
  const { answer, operation_id } = await adjust(phone, -3);
  assert.equal(answer.status, 303);
  assert.equal((await phone.outbox.waiting(operation_id)).args.delta, -3);
  assert.ok(demand.deleted.every((name) => name.endsWith(`-${BO}`)));
  assert.equal(await onHand(phone), 7);
  assert.deepEqual(
    [...phone.replica.places.keys()].filter((id) => id.startsWith("stock:")),
    [`stock:${HARBOUR}`],
  );
  assert.equal((await phone.state()).storage, "ok");
  assert.deepEqual((await phone.view()).stockComing(), [STATION], "not the same as nothing in stock there");
  line.down = false;
  line.requests.length = 0;
  phone.engine.resume();
  await phone.engine.run();
  assert.equal(line.requests.find(({ path }) => path === "/sync/pull").body.lean, true);
  clock.skew_ms += 700_000;
  await phone.engine.run();
  assert.equal(await onHand(phone, STATION), 10, "there is room again");
});

test("news that finds no room leaves what was there, and work goes on and is sent", async () => {
  const { factory, demand } = failing();
  const hub = smallShop();
  const { phone } = await readyPhone(hub, 1, { indexedDB: factory });
  demand.full = ["replica"];
  hub.put(`stock:${HARBOUR}`, String(TEA), { on_hand: 50, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
  await phone.engine.run();
  assert.deepEqual(
    [await onHand(phone), (await phone.state()).storage, (await phone.state()).live],
    [10, "full", false],
  );
  const { operation_id } = await adjust(phone, -1);
  assert.equal(hub.booked.get(operation_id).status, "applied");
  assert.equal(await onHand(phone), 9);
  demand.full = [];
  phone.engine.resume();
  await phone.engine.run();
  assert.deepEqual([await onHand(phone), (await phone.state()).storage], [49, "ok"]);
});

test("a phone without room shows the sync page and what was refused, with the hub gone too", async () => {
  const { factory, demand } = failing();
  const hub = smallShop();
  const reported = [];
  const given = { indexedDB: factory, report: (error) => reported.push(error) };
  const { phone, line } = await readyPhone(hub, 1, given);
  const operation_id = crypto.randomUUID();
  hub.refuse.set(operation_id, "not_allowed");
  await adjust(phone, -2, { operation_id });
  assert.equal((await phone.state()).refused, 1);
  line.down = true;
  demand.full = ["outbox"];
  assert.equal((await get(phone, "/outbox")).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { refused, storage } = await phone.state();
  assert.deepEqual([refused, storage, reported], [0, "full", []]);
});

test("a result that finds no room is asked for again and comes to the same", async () => {
  const { factory, demand } = failing();
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub, 1, { indexedDB: factory });
  line.down = true;
  await adjust(phone, -1);
  line.down = false;
  demand.full = ["outbox"];
  await phone.engine.run();
  assert.deepEqual([(await phone.state()).waiting, (await phone.state()).storage], [1, "full"]);
  demand.full = [];
  phone.engine.resume();
  await phone.engine.run();
  assert.deepEqual([(await phone.state()).waiting, (await phone.state()).storage], [0, "ok"]);
  assert.equal(await onHand(phone), 9);
});

test("without any storage the hub answers everything, and pages hear why", async () => {
  const { factory, demand } = failing();
  demand.dead = ["stockhand"];
  for (const indexedDB of [factory, null]) {
    const { phone, told } = phoneOf(smallShop(), { indexedDB: indexedDB ?? undefined });
    if (indexedDB === null) Object.assign(phone.world, { indexedDB: undefined });
    await phone.message({ type: "who", person: 1 });
    assert.equal(await get(phone, "/"), null);
    assert.equal(await post(phone, `/items/${TEA}`, { operation_id: crypto.randomUUID(), quantity: "1" }), null);
    await phone.message({ type: "state?" });
    const { state } = told.findLast(({ type }) => type === "state");
    assert.deepEqual([state.storage, state.waiting, state.as_of], ["none", 0, null]);
  }
});

test("a database that dies for good is said to be lost, and its work is back when it lives again", async () => {
  const { factory, demand } = failing();
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub, 1, { indexedDB: factory });
  line.down = true;
  const { operation_id } = await adjust(phone, -1);
  demand.dead = ["outbox"];
  const { answer } = await adjust(phone, -1);
  assert.equal(answer, null);
  demand.dead = [];
  assert.equal((await phone.outbox.waiting(operation_id)).args.delta, -1);
  line.down = false;
  await phone.engine.run();
  assert.deepEqual([(await phone.state()).waiting, (await phone.state()).storage], [0, "ok"]);
});

test("a replica that was deleted comes back whole, and what waits stays visible", async () => {
  const hub = smallShop();
  const { phone, line, indexedDB } = await readyPhone(hub);
  line.down = true;
  await adjust(phone, -2);
  for (const { name } of await indexedDB.databases()) {
    if (name.includes("replica")) await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
  }
  line.down = false;
  line.instead = (path) => (path === "/sync/push" ? new Response("", { status: 500 }) : null);
  await phone.engine.run();
  assert.deepEqual([await onHand(phone), await onHand(phone, STATION)], [8, 10]);
});

test("an outbox that was deleted begins a new client, and the hub can tell what it is owed", async () => {
  const hub = smallShop();
  const first = await readyPhone(hub);
  first.line.down = true;
  await adjust(first.phone, -2);
  const said = await first.phone.health();
  assert.deepEqual([said.waiting, said.through], [1, 1]);
  first.phone.engine.stop();
  await new Promise((resolve) => (first.indexedDB.deleteDatabase("stockhand-outbox").onsuccess = resolve));
  const { phone, line } = await readyPhone(hub, 1, { indexedDB: first.indexedDB });
  await adjust(phone, -1);
  const { body } = line.requests.findLast(({ path }) => path === "/sync/pull");
  assert.deepEqual([body.health.waiting, body.health.through, body.health.earlier], [0, 1, undefined]);
  assert.equal(hub.clients.size, 1);
});

test("a browser that keeps nothing for sure says so, until it is asked and agrees", async () => {
  const storage = { granted: false, persisted: async () => storage.granted, estimate: async () => ({}) };
  const { phone } = await readyPhone(smallShop(), 1, { storage });
  assert.equal((await phone.state()).storage, "unsure");
  storage.granted = true;
  await phone.message({ type: "kept" });
  assert.equal((await phone.state()).storage, "ok");
});

test("a browser that can wake the worker later is asked to, when something could not be sent", async () => {
  let asked = 0;
  const askForSync = async () => {
    asked += 1;
    throw new DOMException("not here", "NotAllowedError");
  };
  const { phone, line } = await readyPhone(smallShop(), 1, { askForSync });
  assert.equal(asked, 0);
  line.down = true;
  await adjust(phone, -1);
  assert.equal(asked, 1);
});
