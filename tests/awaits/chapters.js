/**
 * What a phone goes through in its life, in chapters: each begins where the one before ended, and reaches places that
 * the others do not. `{hub, shop, phone, line, clock, saved}`: a pretend hub, the words for it, one worker of the phone,
 * its line, its clock, and what was typed into it.
 */

/** @typedef {{tried: Map<string, number>, done: Set<string>}} Saved units by id; `done`: the phone said yes */

const ORIGIN = "https://shop.test";

/** @type {Record<string, (scene: any) => Promise<void>>} */
export const chapters = {
  "a first download in many answers": async ({ hub, shop, phone }) => {
    hub.rowsAtMost = 5;
    await phone.message({ type: "who", person: shop.ADA });
    hub.rowsAtMost = 4000;
    await phone.message({ type: "state?" });
  },
  "work without a network": async (scene) => {
    const { phone, line } = scene;
    line.down = true;
    const first = await adjusted(scene, -1);
    await adjusted(scene, -2);
    const taken = await adjusted(scene, -3);
    await typed(scene, "/items/100", { ...first, quantity: "7" });
    await typed(scene, "/items/100", { quantity: "nothing", direction: "out", reason: "damaged" });
    await typed(scene, "/outbox", { action: "withdraw", operation: taken.operation_id });
    await phone.handle(new Request(`${ORIGIN}/outbox/queue.json`));
    await phone.missing(new Request(`${ORIGIN}/items/999`));
    await phone.handle(new Request(`${ORIGIN}/items`));
    await typed(scene, "/me", { operation_id: crypto.randomUUID(), locale: "en" });
    await phone.message({ type: "wake" });
  },
  "everything is sent": async ({ phone, line }) => {
    line.down = false;
    await phone.message({ type: "wake" });
  },
  "answers that are lost, and refusals": async (scene) => {
    const { hub, phone, line } = scene;
    line.losesAnswer = 1;
    await adjusted(scene, -1);
    await phone.message({ type: "wake" });
    const [poison, refused] = [crypto.randomUUID(), crypto.randomUUID()];
    hub.unreadable.add(poison);
    hub.refuse.set(refused, "not_allowed");
    line.down = true;
    await adjusted(scene, -1, { operation_id: poison });
    await adjusted(scene, -1, { operation_id: refused });
    await adjusted(scene, -1);
    line.down = false;
    await phone.message({ type: "wake" });
    await phone.message({ type: "wake" });
    await typed(scene, "/outbox", { action: "send" });
    await phone.handle(new Request(`${ORIGIN}/outbox`));
    await phone.engine.idle();
  },
  "news, again and again": async ({ hub, shop, phone }) => {
    for (let times = 0; times < 20; times += 1) {
      shop.item(hub, 300 + (times % 7), `Renamed ${times}`, "", "");
      if (times === 9) hub.remove("catalogue:1", "301");
      await phone.message({ type: "hint", heads: hub.heads() });
    }
    await phone.message({ type: "hint", heads: hub.heads() });
    hub.rowsAtMost = 3;
    for (let id = 400; id < 410; id += 1) shop.item(hub, id, `Item ${id}`, "", "");
    hub.bucket("catalogue:1").epoch = crypto.randomUUID();
    await phone.message({ type: "wake" });
    hub.rowsAtMost = 4000;
    const held = hub.shelves[shop.ADA];
    hub.shelves[shop.ADA] = held.filter((id) => id !== `stock:${shop.STATION}`);
    await phone.message({ type: "wake" });
    hub.shelves[shop.ADA] = held;
    await phone.message({ type: "wake" });
  },
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
  "another person, and back": async (scene) => {
    const { hub, shop, phone, line } = scene;
    line.down = true;
    await adjusted(scene, -1);
    line.down = false;
    await phone.message({ type: "nobody" });
    hub.session = shop.BO;
    await phone.message({ type: "who", person: shop.BO });
    await adjusted(scene, -1);
    // The hub says who is here, and their page has not come yet.
    hub.session = shop.ADA;
    await phone.message({ type: "wake" });
    await adjusted(scene, -1);
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
  "a month later": async (scene) => {
    scene.clock.skew_ms = 31 * 86_400_000;
    await adjusted(scene, -1);
    scene.clock.skew_ms = 0;
  },
};

/** Fills in the form of the tea's page. @param {any} scene @param {number} delta @param {Record<string, string>} given */
async function adjusted(scene, delta, given = {}) {
  const fields = { operation_id: crypto.randomUUID(), quantity: String(-delta), direction: "out", reason: "damaged" };
  return await typed(scene, "/items/100", { ...fields, ...given }, delta);
}

/** @param {any} scene @param {string} path @param {Record<string, string>} fields @param {number} [delta] */
async function typed({ phone, saved }, path, fields, delta) {
  const id = fields.operation_id;
  if (delta !== undefined) saved.tried.set(id, delta);
  const headers = { "HX-Request": "true" };
  const body = new URLSearchParams(fields);
  const answer = await phone.handle(new Request(ORIGIN + path, { method: "POST", body, headers }));
  if (delta !== undefined && answer?.status === 303) saved.done.add(id);
  await phone.engine.idle();
  return fields;
}
