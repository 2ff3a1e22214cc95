import assert from "node:assert/strict";
import { test } from "node:test";
import { fork, nextBatch, place } from "../../sw/numbering.js";
import {
  ADA,
  adjust,
  HARBOUR,
  onHand,
  phoneOf,
  post,
  readyPhone,
  restarted,
  SOAP,
  smallShop,
  TEA,
} from "./small_shop.js";

/** The hub as it was when `backup` was taken; phones have to begin their buckets anew. */
function restored(hub, backup) {
  hub.clients = structuredClone(backup.clients);
  hub.booked = structuredClone(backup.booked);
  hub.buckets = structuredClone(backup.buckets);
  for (const bucket of hub.buckets.values()) bucket.epoch = crypto.randomUUID();
}

function backupOf({ clients, booked, buckets }) {
  return structuredClone({ clients, booked, buckets });
}

test("what a restored hub needs anew stays visible until it is there again", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  const backup = backupOf(hub);
  await adjust(phone, -3);
  assert.equal(await onHand(phone), 7);
  restored(hub, backup);
  const seen = [];
  line.after = async () => seen.push(await onHand(phone));
  await phone.engine.run();
  assert.ok(seen.length > 2);
  assert.deepEqual(new Set([...seen, await onHand(phone), left(hub)]), new Set([7]));
});

test("what comes back is signed with the key of today", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const backup = backupOf(hub);
  await adjust(phone, -3);
  restored(hub, backup);
  hub.secret = "made after the restore";
  await phone.who.fetchKey();
  await phone.engine.run();
  assert.deepEqual([hub.forged, left(hub)], [[], 7]);
});

const left = (hub) => hub.row(`stock:${HARBOUR}`, String(TEA)).on_hand;

test("a phone that came back from a backup takes a new number and loses nothing", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  await adjust(phone, -1);
  const { id } = await place(phone.outbox);
  // Its clone went on counting where this one stands.
  hub.clients.get(id).push({ n: 2, id: crypto.randomUUID(), status: "applied", heads: {} });
  line.down = true;
  await adjust(phone, -1);
  await adjust(phone, -1);
  line.down = false;
  await phone.engine.run();
  assert.notEqual((await place(phone.outbox)).id, id);
  assert.equal(left(hub), 7);
  assert.equal(await onHand(phone), 7);
  assert.equal((await phone.state()).waiting, 0);
});

test("a phone whose number is taken goes on though the hub cannot read what waits there", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  await adjust(phone, -1);
  const { id } = await place(phone.outbox);
  hub.clients.get(id).push({ n: 2, id: crypto.randomUUID(), status: "applied", heads: {} });
  line.down = true;
  const { operation_id } = await adjust(phone, -1);
  await adjust(phone, -1);
  hub.unreadable.add(operation_id);
  line.down = false;
  await phone.engine.run();
  assert.equal((await phone.state()).waiting, 0);
  assert.equal(left(hub), 8);
  const outcome = (await phone.view()).outcomes().find((row) => row.id === operation_id);
  assert.equal(outcome.status, "parked");
});

test("an answer for a number that was given away meanwhile settles nothing", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const { operation_id } = await adjust(phone, -1);
  const { client } = await nextBatch(phone.outbox, 200);
  await fork(phone.outbox, client);
  const result = { n: 1, id: operation_id, status: "applied", heads: {} };
  assert.deepEqual(await phone.outbox.settle(client, [result]), []);
  assert.equal((await phone.state()).waiting, 1);
  line.down = false;
  await phone.engine.run();
  assert.equal(left(hub), 9);
});

test("two engines that learn of a fork begin one new count", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  await adjust(phone, -1);
  const { id } = await place(phone.outbox);
  await Promise.all([fork(phone.outbox, id), fork(phone.outbox, id)]);
  const fresh = await place(phone.outbox);
  await fork(phone.outbox, id);
  assert.notEqual(fresh.id, id);
  assert.deepEqual(await place(phone.outbox), fresh);
});

test("what a restored hub has forgotten comes back from the journal exactly once", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  await adjust(phone, -1);
  const backup = backupOf(hub);
  await adjust(phone, -2);
  line.down = true;
  await adjust(phone, -4);
  line.down = false;
  restored(hub, backup);
  await phone.engine.run();
  assert.equal(left(hub), 3);
  assert.equal(await onHand(phone), 3);
  assert.equal((await phone.state()).waiting, 0);
  await phone.engine.run();
  assert.equal(left(hub), 3);
});

test("a phone with nothing to send learns from its pull that the hub was restored", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const backup = backupOf(hub);
  await adjust(phone, -2);
  restored(hub, backup);
  await phone.engine.run();
  assert.equal(left(hub), 8);
  assert.equal(await onHand(phone), 8);
});

test("a hub restored to before the journal begins gets everything that is left under a new count", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  const backup = backupOf(hub);
  await adjust(made.phone, -1);
  made.clock.skew_ms = 31 * 86_400_000;
  const later = restarted(hub, made);
  await adjust(later.phone, -2);
  assert.equal(left(hub), 7);
  restored(hub, backup);
  await later.phone.engine.run();
  assert.equal(left(hub), 8);
  assert.equal(await onHand(later.phone), 8);
  assert.equal((await later.phone.state()).waiting, 0);
});

test("a restored hub also gets what was sent under an earlier count", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  const backup = backupOf(hub);
  await adjust(phone, -1);
  const { id } = await place(phone.outbox);
  hub.clients.get(id).push({ n: 2, id: crypto.randomUUID(), status: "applied", heads: {} });
  line.down = true;
  await adjust(phone, -2);
  line.down = false;
  await phone.engine.run();
  restored(hub, backup);
  await phone.engine.run();
  assert.equal(left(hub), 7);
  assert.equal(await onHand(phone), 7);
});

test("a restored hub that counts as far as the phone gets the journal all the same, once", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  const backup = backupOf(hub);
  await adjust(phone, -1);
  const { id } = await place(phone.outbox);
  restored(hub, backup);
  // Another copy of this phone's profile was there first, with another operation at the same number.
  hub.clients.set(id, [{ n: 1, id: crypto.randomUUID(), status: "applied", heads: {} }]);
  await phone.engine.run();
  assert.equal(left(hub), 9);
  assert.equal(await onHand(phone), 9);
  assert.equal((await phone.state()).waiting, 0);
  line.requests.length = 0;
  await phone.engine.run();
  assert.deepEqual(
    line.requests.filter(({ path }) => path === "/sync/push"),
    [],
  );
});

test("the worker's next life counts on from what waits", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  made.line.down = true;
  await adjust(made.phone, -1);
  await adjust(made.phone, -1);
  made.phone.engine.stop();
  const { phone, line } = restarted(hub, made);
  line.down = true;
  await adjust(phone, -1);
  const numbers = (await phone.outbox.all()).map(({ n }) => n);
  assert.deepEqual(numbers.sort(), [1, 2, 3]);
  line.down = false;
  await phone.engine.run();
  assert.equal(left(hub), 7);
  assert.equal((await phone.state()).waiting, 0);
});

test("numbers of another epoch say nothing of what a phone holds", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  const backup = backupOf(hub);
  // Much has happened since the backup: the numbers that this phone knows are high.
  for (let count = 0; count < 9; count += 1) {
    hub.put(`user:${ADA}`, "me", hub.row(`user:${ADA}`, "me"));
    hub.put(`stock:${HARBOUR}`, String(SOAP), hub.row(`stock:${HARBOUR}`, String(SOAP)));
  }
  await phone.engine.run();
  line.down = true;
  await adjust(phone, -1);
  line.down = false;
  restored(hub, backup);
  hub.rowsAtMost = 2;
  // It is booked; of the rows that say so a first answer arrives, and then no more.
  let answers = 0;
  line.instead = (path, body) => {
    answers += path === "/sync/pull" && body.cursors.chain && hub.booked.size > 0 ? 1 : 0;
    return path === "/sync/pull" && answers > 2 ? new Response("Bad Gateway", { status: 502 }) : null;
  };
  await phone.engine.run();
  assert.equal(left(hub), 9);
  assert.equal(await onHand(phone), 9);
});

test("numbers have no gaps, and a thousand operations go out in batches", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  for (let count = 0; count < 450; count += 1) {
    const operation = {
      id: crypto.randomUUID(),
      kind: "stock.adjust",
      v: 1,
      at: Date.now(),
      by: 1,
      mono: 1,
      offset: 0,
      mac: "",
    };
    await phone.outbox.record({ ...operation, args: { store: HARBOUR, item: TEA, delta: 1, reason: "found" } });
  }
  line.down = false;
  line.requests.length = 0;
  await phone.engine.run();
  const sizes = line.requests.filter(({ path }) => path === "/sync/push").map(({ body }) => body.ops.length);
  assert.deepEqual(sizes, [200, 200, 50]);
  assert.equal(left(hub), 460);
});

test("a later step names the earlier one it stands on", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const id = crypto.randomUUID();
  await post(phone, "/transfers/new", { operation_id: id, from: "20", item: String(TEA), quantity: "2" });
  const cancelled = { operation_id: crypto.randomUUID(), action: "cancel", from_state: "requested" };
  await post(phone, `/transfers/${id}`, cancelled);
  assert.equal((await phone.view()).transfer(id).state, "cancelled");
  line.down = false;
  line.requests.length = 0;
  await phone.engine.run();
  const sent = line.requests.flatMap(({ body }) => body.ops ?? []);
  assert.deepEqual(
    sent.map(({ dep }) => dep),
    [undefined, id],
  );
  assert.equal((await phone.view()).transfer(id).state, "cancelled");
});

test("a phone without anybody sends nothing", async () => {
  const hub = smallShop();
  const { phone, line } = phoneOf(hub);
  await phone.message({ type: "wake" });
  assert.deepEqual(line.requests, []);
});
