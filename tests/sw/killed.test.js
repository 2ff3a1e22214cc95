/**
 * The worker is killed before each transaction and around each request in turn, and a new one carries on from the disk.
 * Transactions are whole or not at all, so these are all the places where a kill can be told from another.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { mortal } from "./mortal.js";
import { adjust, HARBOUR, onHand, phoneOf, readyPhone, restarted, smallShop, TEA } from "./small_shop.js";

/** Three forms, sent and pulled again. `saved` are those the phone said yes to. */
async function work(made, saved) {
  const ids = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  for (const operation_id of ids) {
    saved.tried.push(operation_id);
    await adjust(made.phone, -1, { operation_id });
    saved.done.push(operation_id);
  }
  made.line.down = false;
  await made.phone.engine.run();
}

async function killedAfter(steps) {
  const hub = smallShop();
  const first = await readyPhone(hub);
  first.phone.engine.stop();
  const mortality = mortal(steps);
  const second = phoneOf(hub, { indexedDB: mortality.database(first.indexedDB), clock: first.clock });
  second.line.down = true;
  second.line.before = () => (mortality.step() ? mortality.killed() : undefined);
  second.line.after = () => (mortality.step() ? mortality.killed() : undefined);
  const saved = { tried: [], done: [] };
  const worked = work(second, saved).then(() => true);
  while (!mortality.life.isOver && !(await Promise.race([worked, pause(1)])));
  await pause(5);
  second.phone.engine.stop();
  const third = restarted(hub, first);
  const shown = await onHand(third.phone);
  await third.phone.engine.run();
  await third.phone.engine.run();
  return { hub, saved, third, shown, isOver: mortality.life.isOver };
}

const pause = (delay_ms) => new Promise((resolve) => setTimeout(() => resolve(false), delay_ms));

test("killed at any step, the phone loses nothing it has said yes to and books nothing twice", async () => {
  let kills = 0;
  for (let steps = 0; ; steps += 1) {
    const { hub, saved, third, shown, isOver } = await killedAfter(steps);
    if (!isOver) break;
    kills += 1;
    const booked = saved.tried.filter((id) => hub.booked.has(id)).length;
    for (const id of saved.done) assert.equal(hub.booked.get(id)?.status, "applied", `killed at step ${steps}`);
    assert.equal(hub.row(`stock:${HARBOUR}`, String(TEA)).on_hand, 10 - booked, `killed at step ${steps}`);
    assert.equal(shown, 10 - booked, `killed at step ${steps}: shown before anything was sent`);
    assert.equal(await onHand(third.phone), 10 - booked, `killed at step ${steps}`);
    assert.equal((await third.phone.state()).waiting, 0);
    assert.equal(hub.booked.size, booked);
  }
  assert.ok(kills > 40, `${kills} places to be killed at`);
});
