import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA,
  adjust,
  BO,
  HARBOUR,
  ORIGIN,
  onHand,
  post,
  readyPhone,
  restarted,
  STATION,
  smallShop,
  TEA,
} from "./small_shop.js";

test("what is saved offline is shown at once and sent when the network is back", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const { answer } = await adjust(phone, -3);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), `https://shop.test/items/${TEA}`);
  assert.equal(await onHand(phone), 7);
  assert.equal(hub.row(`stock:${HARBOUR}`, String(TEA)).on_hand, 10);
  line.down = false;
  await phone.message({ type: "wake" });
  assert.equal(hub.row(`stock:${HARBOUR}`, String(TEA)).on_hand, 7);
  assert.equal(await onHand(phone), 7);
  assert.deepEqual((await phone.view()).waiting, []);
  assert.deepEqual(hub.forged, []);
});

test("a form sent twice is one operation, and both are told that it is saved", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const { operation_id } = await adjust(phone, -1);
  const { answer } = await adjust(phone, -1, { operation_id });
  assert.equal(answer.status, 303);
  assert.equal(await onHand(phone), 9);
  assert.equal(hub.booked.size, 1);
});

test("two taps in the same moment are one operation", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const operation_id = crypto.randomUUID();
  const taps = await Promise.all([1, 2, 3].map(() => adjust(phone, -1, { operation_id })));
  assert.deepEqual(
    taps.map(({ answer }) => answer.status),
    [303, 303, 303],
  );
  assert.equal(await onHand(phone), 9);
});

test("a lost answer is asked for again and nothing is booked twice", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.losesAnswer = 1;
  await adjust(phone, -2);
  assert.equal(await onHand(phone), 8);
  await phone.message({ type: "wake" });
  assert.equal(hub.row(`stock:${HARBOUR}`, String(TEA)).on_hand, 8);
  assert.equal(await onHand(phone), 8);
});

test("an operation whose answer was lost is not counted twice when its effect is pulled first", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  await adjust(phone, -2);
  line.down = false;
  line.losesAnswer = 1;
  await phone.engine.push.all(false, 4000);
  await phone.pull(4000);
  assert.equal(await onHand(phone), 8);
});

test("a worker killed after the hub has booked sends again and ends with the same figures", async () => {
  const hub = smallShop();
  const first = await readyPhone(hub);
  first.line.losesAnswer = 99;
  await adjust(first.phone, -4);
  first.phone.engine.stop();
  const second = restarted(hub, first);
  assert.equal(await onHand(second.phone), 6);
  await second.phone.message({ type: "wake" });
  assert.equal(await onHand(second.phone), 6);
  assert.equal((await second.phone.state()).waiting, 0);
});

test("a withdrawn operation goes out as a void in its slot", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const { operation_id } = await adjust(phone, -5);
  await adjust(phone, -1);
  const answer = await post(phone, "/outbox", { action: "withdraw", operation: operation_id });
  assert.equal(answer.status, 303);
  assert.equal(await onHand(phone), 9);
  line.down = false;
  await phone.engine.run();
  assert.equal(hub.row(`stock:${HARBOUR}`, String(TEA)).on_hand, 9);
  assert.equal(hub.booked.get(operation_id).status, "void");
  assert.deepEqual(hub.forged, []);
  const late = await post(phone, "/outbox", { action: "withdraw", operation: operation_id });
  assert.equal(late.status, 422);
  assert.equal((await late.json()).form.problem.code, "not_waiting");
});

test("an operation withdrawn while its answer was on the way back stays what the hub made of it", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.losesAnswer = 1;
  const { operation_id } = await adjust(phone, -5);
  await post(phone, "/outbox", { action: "withdraw", operation: operation_id });
  await phone.engine.run();
  assert.equal(await onHand(phone), 5);
});

test("a refusal is shown and takes the change back", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const { operation_id } = await adjust(phone, -2);
  hub.refuse.set(operation_id, "not_allowed");
  line.down = false;
  await phone.engine.run();
  assert.equal(await onHand(phone), 10);
  assert.equal((await phone.state()).refused, 1);
  const [outcome] = (await phone.view()).outcomes();
  assert.equal(outcome.code, "not_allowed");
});

test("a refusal is news until its person has looked at the sync page, and stays there", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const first = await adjust(phone, -2);
  hub.refuse.set(first.operation_id, "not_allowed");
  line.down = false;
  await phone.engine.run();
  await phone.handle(new Request(`${ORIGIN}/outbox`));
  assert.equal((await phone.state()).refused, 0);
  assert.equal((await phone.view()).outcomes().length, 1);
});

test("one operation that the hub cannot read is parked, and the rest goes on", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const ids = [];
  for (let count = 0; count < 9; count += 1) ids.push((await adjust(phone, -1)).operation_id);
  hub.unreadable.add(ids[5]);
  line.down = false;
  await phone.engine.run();
  assert.equal(hub.row(`stock:${HARBOUR}`, String(TEA)).on_hand, 2);
  assert.equal((await phone.state()).waiting, 0);
  const parked = (await phone.view()).outcomes().filter(({ status }) => status === "parked");
  assert.deepEqual(
    parked.map(({ id, args }) => [id, args.delta]),
    [[ids[5], -1]],
  );
});

test("what the hub had set aside and took up again is no longer told as set aside", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const { operation_id } = await adjust(phone, -2);
  const [op] = await phone.outbox.all();
  hub.breaks.add(operation_id);
  line.down = false;
  await phone.engine.run();
  const statuses = async () => (await phone.view()).outcomes().map(({ status }) => status);
  assert.deepEqual([await onHand(phone), await statuses()], [10, ["parked"]]);
  hub.retry(op);
  await phone.engine.run();
  assert.deepEqual([await onHand(phone), await statuses()], [8, ["applied"]]);
});

test("a hub that can read nothing at all parks nothing", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.instead = (path) =>
    path === "/sync/push" ? new Response("{}", { status: 400, headers: { "content-type": "application/json" } }) : null;
  await adjust(phone, -1);
  await adjust(phone, -1);
  assert.equal((await phone.state()).waiting, 2);
  line.instead = null;
  await phone.engine.run();
  assert.equal(await onHand(phone), 8);
  assert.equal(
    (await phone.view()).outcomes().some(({ status }) => status === "parked"),
    false,
  );
});

test("a session that ended pauses the queue and deletes nothing", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  hub.session = null;
  await adjust(phone, -1);
  const state = await phone.state();
  assert.deepEqual([state.paused, state.waiting], ["sign-in", 1]);
  assert.equal(await onHand(phone), 9);
  hub.session = ADA;
  await phone.message({ type: "who", person: ADA });
  assert.equal((await phone.state()).waiting, 0);
  assert.equal((await phone.state()).paused, "");
});

test("somebody else who signs in delivers what the one before recorded, signed as it was", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const { operation_id } = await adjust(phone, -1);
  line.down = false;
  hub.session = BO;
  await phone.message({ type: "who", person: BO });
  assert.equal(hub.booked.get(operation_id).status, "applied");
  assert.deepEqual(hub.forged, []);
  assert.equal((await phone.view()).person.name, "Bo");
  assert.deepEqual((await phone.view()).outcomes(), []);
  assert.equal(await onHand(phone, STATION), 10);
});

test("two runs at once do no harm", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  made.line.down = true;
  for (let count = 0; count < 5; count += 1) await adjust(made.phone, -1);
  const other = restarted(hub, made);
  made.line.down = false;
  await Promise.all([made.phone.engine.run(), other.phone.engine.run(), made.phone.pull(4000), other.phone.pull(4000)]);
  for (const { phone } of [made, other]) {
    await phone.engine.run();
    assert.equal(await onHand(phone), 5);
    assert.equal((await phone.state()).waiting, 0);
  }
  assert.equal(hub.booked.size, 5);
});
