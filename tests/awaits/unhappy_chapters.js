/** Chapters in which something is lost: numbers, a hub's last days, a snapshot, the database, the session. */

import { adjusted, ORIGIN } from "./typing.js";

/** @type {Record<string, (scene: any) => Promise<void>>} */
export const unhappyChapters = {
  "a clone has used the numbers": async (scene) => {
    const { hub, phone, line } = scene;
    await adjusted(scene, -1);
    for (const results of hub.clients.values()) {
      results.push({ n: results.length + 1, id: crypto.randomUUID(), status: "applied", heads: {} });
    }
    line.down = true;
    await adjusted(scene, -1);
    await adjusted(scene, -1);
    line.down = false;
    await phone.message({ type: "wake" });
  },
  "the hub comes back from a backup": async (scene) => {
    const { hub, phone, line } = scene;
    const { clients, booked, buckets } = structuredClone({ ...hub, refuse: null, unreadable: null, now: null });
    await adjusted(scene, -1);
    await adjusted(scene, -2);
    line.down = true;
    await adjusted(scene, -1);
    line.down = false;
    Object.assign(hub, { clients, booked, buckets });
    for (const bucket of hub.buckets.values()) bucket.epoch = crypto.randomUUID();
    await phone.message({ type: "wake" });
    await phone.message({ type: "wake" });
  },
  "nobody may send, then everybody": async (scene) => {
    const { hub, shop, phone } = scene;
    hub.session = null;
    await adjusted(scene, -1);
    await phone.message({ type: "wake" });
    hub.session = shop.ADA;
    await phone.message({ type: "who", person: shop.ADA });
    phone.engine.resume();
    await phone.message({ type: "wake" });
  },
  "a snapshot is let go, another does not add up": async ({ hub, shop, phone, line, timers, life }) => {
    let pieces = 0;
    line.after = (path) => {
      if (path.startsWith("/sync/snapshots/catalogue:1") && ++pieces === 3) hub.snapshots.delete("catalogue:1");
    };
    hub.bucket("catalogue:1").epoch = crypto.randomUUID();
    hub.waits = 2;
    const turn = setInterval(() => {
      for (const timer of timers) if (timer.delay_ms === 10) timer.work();
      if (life.over) clearInterval(turn);
    }, 1);
    await phone.message({ type: "wake" });
    clearInterval(turn);
    hub.bucket(`stock:${shop.HARBOUR}`).epoch = crypto.randomUUID();
    const { bytes } = hub.snapshot(`stock:${shop.HARBOUR}`);
    bytes.set("p1", bytes.get("p2"));
    await phone.message({ type: "wake" });
    hub.snapshots.delete(`stock:${shop.HARBOUR}`);
    await phone.message({ type: "wake" });
  },
  "the phone is full, and then there is room": async (scene) => {
    const { phone, life } = scene;
    await phone.view();
    life.full = "outbox";
    await adjusted(scene, -1);
    const body = new URLSearchParams({ operation_id: crypto.randomUUID(), quantity: "3", direction: "out" });
    const headers = { "HX-Request": "true" };
    await phone.missing(new Request(`${ORIGIN}/items/100`, { method: "POST", body, headers }));
    life.full = "replica";
    await phone.message({ type: "wake" });
    life.full = null;
    await adjusted(scene, -1);
    await phone.message({ type: "wake" });
  },
  "the browser loses its databases": async (scene) => {
    scene.life.loseHandles();
    await adjusted(scene, -1);
    scene.life.loseHandles();
    await scene.phone.message({ type: "wake" });
  },
  "two workers at once": async (scene) => {
    const { hub, shop, phone, another } = scene;
    const twin = another();
    await Promise.all([phone.view(), twin.view()]);
    for (let times = 0; times < 6; times += 1) {
      scene.line.down = true;
      await adjusted(scene, -1);
      scene.line.down = false;
      shop.item(hub, 500 + times, `New ${times}`, "", "");
      phone.replica.looseAtMost = twin.replica.looseAtMost = times;
      await Promise.all([phone.engine.run(), twin.engine.run()]);
      await twin.engine.run();
      await phone.engine.run();
    }
    twin.engine.stop();
  },
  "a month later": async (scene) => {
    scene.clock.skew_ms = 31 * 86_400_000;
    await adjusted(scene, -1);
    scene.clock.skew_ms = 0;
  },
};
