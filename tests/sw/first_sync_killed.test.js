/** The worker is killed at each step of a first download by snapshots, and of folding: another one ends what it began. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bigShop, figures, records, same } from "./big_shop.js";
import { mortal } from "./mortal.js";
import { ADA, HARBOUR, item, phoneOf, readyPhone, restarted } from "./small_shop.js";

const pause = (delay_ms) => new Promise((resolve) => setTimeout(() => resolve(false), delay_ms));

/** Lives for `steps` steps of `work`, then another worker begins; gives back whether it was killed. */
async function lived(steps, hub, before, work) {
  const mortality = mortal(steps);
  const made = phoneOf(hub, { ...(before ? { indexedDB: mortality.database(before.indexedDB) } : {}) });
  made.line.before = () => (mortality.step() ? mortality.killed() : undefined);
  made.line.after = () => (mortality.step() ? mortality.killed() : undefined);
  const worked = work(made.phone).then(() => true);
  while (!mortality.life.isOver && !(await Promise.race([worked, pause(1)])));
  await pause(3);
  made.phone.engine.stop();
  return mortality.life.isOver;
}

/** Nothing lies on the disk that no place leads to. */
async function isClean(phone) {
  const held = [...phone.replica.places.values()].map(({ live }) => live);
  const blocks = held.flatMap(({ packed }) => [...(packed?.blocks ?? []), ...(packed?.index ?? [])]);
  const inOrder = (one, other) => one - other;
  assert.deepEqual((await records(phone, "blocks")).sort(inOrder), blocks.sort(inOrder));
  assert.deepEqual((await records(phone, "pages")).sort(inOrder), held.flatMap(({ pages }) => pages).sort(inOrder));
}

test("killed at any step of the first download, the next worker goes on and ends with what the hub has", async () => {
  let kills = 0;
  for (let steps = 0; ; steps += 1) {
    const hub = bigShop();
    const bare = phoneOf(hub);
    const isOver = await lived(steps, hub, bare, (phone) => phone.message({ type: "who", person: ADA }));
    const { phone } = restarted(hub, bare);
    const shown = await phone.view();
    if (shown !== null) assert.equal(shown.search("", 0, 50).total, 43, `killed at step ${steps}: shown half`);
    await phone.message({ type: "who", person: ADA });
    await phone.engine.run();
    same(phone, hub);
    await isClean(phone);
    if (!isOver) break;
    kills += 1;
  }
  assert.ok(kills > 60, `${kills} places to be killed at`);
});

test("killed at any step of folding, nothing that was pulled is lost", async () => {
  let kills = 0;
  for (let steps = 0; ; steps += 1) {
    const hub = bigShop();
    const first = await readyPhone(hub);
    first.phone.engine.stop();
    for (let id = 205; id < 215; id += 1) item(hub, id, `Renamed ${id}`, "", "");
    hub.remove("catalogue:1", "220");
    for (let id = 203; id < 213; id += 1) hub.put(`stock:${HARBOUR}`, String(id), figures(500 + id));
    const isOver = await lived(steps, hub, first, async (phone) => {
      await phone.view();
      phone.replica.looseAtMost = 3;
      await phone.engine.run();
    });
    const { phone } = restarted(hub, first);
    await phone.view();
    await phone.engine.run();
    same(phone, hub);
    await isClean(phone);
    if (!isOver) break;
    kills += 1;
  }
  assert.ok(kills > 20, `${kills} places to be killed at`);
});

test("two workers that fold and pull at once come to the same", async () => {
  const hub = bigShop();
  const first = await readyPhone(hub);
  const second = restarted(hub, first);
  await second.phone.view();
  for (let round = 0; round < 12; round += 1) {
    for (let id = 205; id < 211; id += 1) item(hub, id + round, `Round ${round} ${id}`, "", "");
    hub.put(`stock:${HARBOUR}`, String(203 + round), figures(round));
    for (const { phone } of [first, second]) phone.replica.looseAtMost = round % 3;
    await Promise.all([first.phone.engine.run(), second.phone.engine.run()]);
  }
  for (const { phone } of [first, second]) {
    await phone.engine.run();
    same(phone, hub);
  }
  const third = restarted(hub, first);
  await third.phone.view();
  same(third.phone, hub);
});
