import assert from "node:assert/strict";
import { test } from "node:test";
import { adjust, onHand, phoneOf, readyPhone, smallShop } from "./small_shop.js";

const only = (timers) => [...timers].map(({ delay_ms }) => delay_ms);

test("while work waits and somebody looks, the next attempt comes within four seconds", async () => {
  const hub = smallShop();
  for (const random of [0, 0.999]) {
    const { phone, line, timers } = await readyPhone(hub, 1, { random: () => random });
    line.down = true;
    await adjust(phone, -1);
    assert.equal(timers.size, 1);
    assert.ok(only(timers)[0] <= 4000 && only(timers)[0] >= 100, String(only(timers)));
    line.down = false;
    const [{ work }] = timers;
    work();
    await phone.engine.idle();
    assert.equal((await phone.state()).waiting, 0);
    assert.deepEqual(only(timers), [30_000]);
  }
});

test("nobody looks: the phone rests longer, and entirely when nothing waits", async () => {
  const hub = smallShop();
  const { phone, line, timers } = await readyPhone(hub, 1, { visible: async () => false });
  assert.deepEqual(only(timers), []);
  line.down = true;
  await adjust(phone, -1);
  assert.deepEqual(only(timers), [60_000]);
});

test("a hub that asks for a pause gets it", async () => {
  const hub = smallShop();
  const clock = { skew_ms: 0 };
  const { phone, line, timers } = await readyPhone(hub, 1, { clock });
  line.instead = () =>
    new Response("{}", { status: 429, headers: { "retry-after": "20", "content-type": "application/json" } });
  await adjust(phone, -1);
  assert.ok(only(timers)[0] > 19_000, String(only(timers)));
  line.instead = null;
  line.requests.length = 0;
  await phone.message({ type: "wake" });
  assert.deepEqual(line.requests, []);
  clock.skew_ms += 21_000;
  await phone.message({ type: "wake" });
  assert.equal((await phone.state()).waiting, 0);
});

test("after a failure one operation finds out whether the network is back, then all go", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  for (let count = 0; count < 3; count += 1) await adjust(phone, -1);
  line.down = false;
  line.requests.length = 0;
  await phone.engine.run();
  const sizes = line.requests.filter(({ path }) => path === "/sync/push").map(({ body }) => body.ops.length);
  assert.deepEqual(sizes, [1, 2]);
});

test("a push that the hub cannot take does not keep news away", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.instead = (path) => (path === "/sync/push" ? new Response("broken", { status: 500 }) : null);
  await adjust(phone, -1);
  hub.put("stock:10", "100", { on_hand: 50, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
  await phone.engine.run();
  assert.equal(await onHand(phone), 49);
  assert.equal((await phone.state()).waiting, 1);
});

test("a sign-in page of somebody else's network is no answer", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.instead = () => new Response("<h1>Welcome</h1>", { status: 200, headers: { "content-type": "text/html" } });
  await adjust(phone, -1);
  assert.deepEqual([(await phone.state()).waiting, (await phone.state()).live], [1, false]);
  line.instead = null;
  await phone.engine.run();
  assert.equal((await phone.state()).waiting, 0);
});

test("a release too old to pull still pushes", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  const old = { status: 426, headers: { "content-type": "application/json" } };
  line.instead = (path) => (path === "/sync/pull" ? new Response("{}", old) : null);
  const { operation_id } = await adjust(phone, -1);
  assert.equal(hub.booked.get(operation_id).status, "applied");
  assert.equal((await phone.state()).paused, "schema");
  assert.equal(await onHand(phone), 9);
});

test("a question that hangs is given up after four seconds", async () => {
  const hub = smallShop();
  const { phone, timers } = phoneOf(hub, {
    fetch: (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  await phone.who.become(1);
  const running = phone.engine.run();
  while (timers.size === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(only(timers), [8000]);
  for (let count = 0; count < 2; count += 1) {
    const [timer] = timers;
    assert.ok(timer.delay_ms <= 8000);
    timers.delete(timer);
    timer.work();
    for (let tick = 0; tick < 20; tick += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await running;
  assert.equal(phone.engine.live, false);
});

test("the hub's clock is known from the middle of question and answer, and kept", async () => {
  const hub = smallShop();
  const clock = { skew_ms: -600_000 };
  const { phone, line } = await readyPhone(hub, 1, { clock });
  assert.ok(Math.abs(phone.hub.offset - 600_000) < 1000);
  line.down = true;
  const { operation_id } = await adjust(phone, -1);
  const row = await phone.outbox.waiting(operation_id);
  assert.ok(Math.abs(row.offset - 600_000) < 1000);
  const [shown] = (await phone.view()).waiting;
  assert.ok(Math.abs(shown.at - Date.now()) < 5000);
  assert.ok(Math.abs((await phone.outbox.setting("offset")) - 600_000) < 1000);
});

test("pages hear what waits, what was answered and what changed", async () => {
  const hub = smallShop();
  const { phone, told } = await readyPhone(hub);
  told.length = 0;
  const { operation_id } = await adjust(phone, -1);
  assert.ok(told.some(({ type, buckets }) => type === "changed" && buckets.includes("outbox")));
  assert.ok(told.some(({ type, state }) => type === "state" && state.waiting === 1));
  assert.deepEqual(
    told.find(({ type }) => type === "settled"),
    { type: "settled", id: operation_id, status: "applied" },
  );
  const { state } = told.findLast(({ type }) => type === "state");
  assert.deepEqual([state.waiting, state.live, state.syncing, state.paused, state.refused], [0, true, false, "", 0]);
});
