/**
 * What a phone goes through in its life, in chapters: each begins where the one before ended, and reaches places that
 * the others do not. `{hub, shop, phone, line, clock, saved}`: a pretend hub, the words for it, one worker of the phone,
 * its line, its clock, and what was typed into it; `another()` is a second worker on the same phone.
 */

import { adjusted, ORIGIN, typed } from "./typing.js";
import { unhappyChapters } from "./unhappy_chapters.js";

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
  "papers of a transfer": async (scene) => {
    const { shop, line, phone } = scene;
    line.down = true;
    const operation_id = crypto.randomUUID();
    await typed(scene, "/transfers/new", { operation_id, item: "100", quantity: "1", from: String(shop.STATION) });
    const cancel = { operation_id: crypto.randomUUID(), action: "cancel", from_state: "requested" };
    await typed(scene, `/transfers/${operation_id}`, cancel);
    line.down = false;
    await phone.message({ type: "wake" });
  },
  "what lies loose is packed": async ({ hub, shop, phone }) => {
    await phone.view();
    phone.replica.looseAtMost = 3;
    for (let times = 0; times < 6; times += 1) {
      shop.item(hub, 210 + times, `Packed ${times}`, times % 2 ? "茶" : "", `pin ${times}`);
      hub.put(`stock:${shop.HARBOUR}`, String(220 + times), {
        ...hub.row(`stock:${shop.HARBOUR}`, "220"),
        on_hand: times,
      });
      if (times === 3) hub.remove("catalogue:1", "230");
      await phone.message({ type: "wake" });
    }
  },
  "another person whose key is late": async ({ hub, shop, phone, line }) => {
    await phone.message({ type: "nobody" });
    hub.session = shop.BO;
    line.down = true;
    await phone.message({ type: "who", person: shop.BO });
    line.down = false;
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
  ...unhappyChapters,
};
