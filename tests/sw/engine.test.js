import assert from "node:assert/strict";
import { test } from "node:test";
import { adjust, ORIGIN, onHand, phoneOf, readyPhone, smallShop } from "./small_shop.js";

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
  // Not the pull's short wait for a push that has just begun.
  const patience = () => [...timers].find(({ delay_ms }) => delay_ms > 3000 && delay_ms <= 8000);
  while (!patience()) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let count = 0; count < 2; count += 1) {
    const timer = patience();
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
  assert.ok(Math.abs((await phone.outbox.settings()).offset - 600_000) < 1000);
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

/** A network that swallows pushes of more than `most` operations, until they are given up. */
function swallowing(hub, most) {
  const sizes = [];
  const given = {
    later: (delay_ms, work) => {
      const timer = setTimeout(work, Math.min(delay_ms / 200, 1000));
      return () => clearTimeout(timer);
    },
    fetch: (path, init) => {
      const size = path === "/sync/push" ? JSON.parse(init.body).ops.length : 0;
      if (size > 0) sizes.push(size);
      if (size <= most.size) return Promise.resolve(hub.answer(path, init));
      return new Promise((_resolve, reject) => {
        init.signal.addEventListener("abort", () => reject(init.signal.reason));
      });
    },
  };
  return { sizes, given };
}

test("while a push hangs, news comes all the same, again and again", async () => {
  const hub = smallShop();
  const most = { size: 0 };
  const { given } = swallowing(hub, most);
  // Nobody gives up here.
  const later = (delay_ms, work) => (delay_ms > 600 ? () => undefined : given.later(delay_ms, work));
  const { phone } = await readyPhone(hub, 1, { ...given, later });
  const fields = { operation_id: crypto.randomUUID(), quantity: "1", direction: "out", reason: "damaged" };
  const form = { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" } };
  await phone.handle(new Request(`${ORIGIN}/items/100`, form));
  for (const on_hand of [50, 60]) {
    hub.put("stock:10", "100", { on_hand, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
    phone.message({ type: "hint", heads: hub.heads() });
    const until = Date.now() + 2000;
    while ((await onHand(phone)) !== on_hand - 1 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await onHand(phone), on_hand - 1);
  }
  assert.deepEqual([(await phone.state()).waiting, phone.engine.syncing], [1, true]);
  phone.engine.stop();
});

test("a push that is told to sign in keeps no news away, and news that does not come keeps no work here", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  const refused = (status) => new Response("{}", { status, headers: { "content-type": "application/json" } });
  line.instead = (path) => (path === "/sync/push" ? refused(401) : null);
  await adjust(phone, -1);
  hub.put("stock:10", "100", { on_hand: 50, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
  await phone.engine.run();
  assert.equal(await onHand(phone), 49);
  assert.deepEqual([(await phone.state()).paused, (await phone.state()).waiting], ["sign-in", 1]);
  for (const status of [401, 500, 426]) {
    line.instead = (path) => (path === "/sync/pull" ? refused(status) : null);
    phone.engine.resume();
    const { operation_id } = await adjust(phone, -1);
    assert.equal(hub.booked.get(operation_id)?.status, "applied", String(status));
  }
});

test("after a message that hung half of it is sent, until it comes through", async () => {
  const hub = smallShop();
  const most = { size: 0 };
  const { sizes, given } = swallowing(hub, most);
  const { phone } = await readyPhone(hub, 1, given);
  for (let count = 0; count < 9; count += 1) await adjust(phone, -1);
  sizes.length = 0;
  phone.engine.resume();
  most.size = 3;
  while ((await phone.state()).waiting > 0) await phone.engine.run();
  assert.deepEqual(sizes, [9, 1, 4, 1, 2, 2, 2, 1].slice(0, sizes.length));
  assert.ok(sizes.length <= 8);
  phone.engine.stop();
});
