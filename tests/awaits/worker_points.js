/**
 * The first module of a marked worker: it stops for good at the point that a page has told it, and says so. Whoever
 * hears that kills the process; nothing of the worker goes on meanwhile, no other task and no transaction.
 */

const FOR_GOOD_MS = 120_000;
const worker = /** @type {any} */ (self);
const channel = new BroadcastChannel("awaits");
const reached = new Set();
// An installation hears of its point by its address. A later life of the same worker is not to die of it again.
const isFirstLife = worker.serviceWorker.state === "parsed";
let armed = isFirstLife ? Number(new URLSearchParams(self.location.search).get("point") ?? 0) : 0;
/** A piece of the name of databases in which there is no room; "" for none. */
let full = "";

worker.$await = (point, value) => {
  reached.add(point);
  if (point === armed) {
    channel.postMessage({ died: point });
    const until = Date.now() + FOR_GOOD_MS;
    while (Date.now() < until);
  }
  return value;
};

/** What events wait for. @type {Set<Promise<unknown>>} */
const underWay = new Set();
const { waitUntil } = worker.ExtendableEvent.prototype;
worker.ExtendableEvent.prototype.waitUntil = function (promise) {
  const done = Promise.allSettled([promise]).then(() => underWay.delete(done));
  underWay.add(done);
  return waitUntil.call(this, promise);
};

/** @type {Set<IDBDatabase>} */
const handles = new Set();
const opened = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...given) {
  const request = opened.apply(this, given);
  request.addEventListener("success", () => handles.add(request.result));
  return request;
};

const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (...given) {
  const begun = transaction.apply(this, given);
  if (given[1] === "readwrite" && full !== "" && this.name.includes(full)) {
    // As a browser does it whose quota cannot be set within a test's time.
    Object.defineProperty(begun, "error", { get: () => new DOMException("No room.", "QuotaExceededError") });
    queueMicrotask(() => begun.abort());
  }
  return begun;
};

/** What a page may ask for, `how` said with it. @type {Record<string, (how: any) => unknown>} */
const answers = {
  arm: (point) => {
    armed = point;
  },
  full: (name) => {
    full = name;
  },
  // As WebKit does now and then.
  lose: () => {
    for (const handle of handles) handle.close();
    handles.clear();
  },
  loose: async (rows) => {
    await worker.$phone.person();
    worker.$phone.replica.looseAtMost = rows;
  },
  // Somebody puts the phone's clock forward.
  clock: (ahead_ms) => {
    worker.$phone.world.now = () => Date.now() + ahead_ms;
  },
  // Ten minutes later.
  later: () => {
    worker.$phone.storage.lentAt = 0;
  },
  standing: async () => {
    const { outbox, engine } = worker.$phone;
    while (underWay.size > 0) await Promise.all(underWay);
    await engine.idle();
    const { replica, who } = worker.$phone;
    return {
      person: who.person,
      complete: replica?.complete ?? false,
      cursors: replica?.cursors() ?? {},
      doubts: replica?.doubts() ?? false,
      waiting: (await outbox.queue()).waiting,
    };
  },
};

self.addEventListener("message", async (event) => {
  const { ask, how } = event.data ?? {};
  if (ask === undefined) return;
  event.stopImmediatePropagation();
  const [told] = /** @type {any[]} */ (await Promise.allSettled([Promise.resolve(how).then(answers[ask])]));
  const wrong = told.status === "rejected" ? String(told.reason) : "";
  channel.postMessage({ answer: ask, reached: [...reached], standing: told.value, wrong });
});
