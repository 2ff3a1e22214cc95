/**
 * The first module of a marked worker: it stops for good at the point that a page has told it, and says so. Whoever
 * hears that kills the process; nothing of the worker goes on meanwhile, no other task and no transaction.
 */

const FOR_GOOD_MS = 120_000;
const channel = new BroadcastChannel("awaits");
const reached = new Set();
let armed = Number(new URLSearchParams(self.location.search).get("point") ?? 0);

globalThis.$await = (point, value) => {
  reached.add(point);
  if (point === armed) {
    channel.postMessage({ died: point });
    const until = Date.now() + FOR_GOOD_MS;
    while (Date.now() < until);
  }
  return value;
};

self.addEventListener("message", async (event) => {
  const { ask, point } = event.data ?? {};
  if (ask === undefined) return;
  event.stopImmediatePropagation();
  if (ask === "arm") armed = point;
  const { outbox, replica, engine, who } = /** @type {any} */ (globalThis).$phone;
  if (ask === "standing") await engine.idle();
  const standing = ask === "standing" && {
    person: who.person,
    complete: replica?.complete ?? false,
    cursors: replica?.cursors() ?? {},
    doubts: replica?.doubts() ?? false,
    waiting: (await outbox.queue()).waiting,
  };
  channel.postMessage({ answer: ask, reached: [...reached], standing });
});
