/** What is done in a page while the worker may die: each runs in the page and brings along all it needs. */

/** @typedef {{ids: string[], item: number, person: number, point: number, lives: number, username: string, password: string, how: any}} Work */

/** A worker of its own address is told in it where to die; none where one works already. @param {Pick<Work, "point" | "lives">} work */
async function install({ point, lives }) {
  const held = await navigator.serviceWorker.getRegistration();
  if (!held?.active) {
    const address = `/service_worker.js?life=${lives}&point=${point}`;
    await navigator.serviceWorker.register(address, { type: "module", scope: "/" });
    await navigator.serviceWorker.ready;
  }
  while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** @param {Work} work */
async function signIn({ username, password }) {
  await fetch("/sign-in", { method: "POST", body: new URLSearchParams({ username, password }), redirect: "manual" });
}

/** Says who is here, and waits until nothing moves. @param {Work} work */
async function arrive({ person }) {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "who", person });
  await globalThis.still();
}

async function leave() {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "nobody" });
  await globalThis.still();
}

/** Fills in the form of an item's page, once for each id. @param {Work} work */
async function record({ ids, item }) {
  for (const operation_id of ids) {
    const body = new URLSearchParams({ operation_id, quantity: "1", direction: "in", reason: "found" });
    const form = /** @type {RequestInit} */ ({ method: "POST", body, headers: { "HX-Request": "true" } });
    const answer = await fetch(`/items/${item}`, { ...form, redirect: "manual" });
    if (answer.type === "opaqueredirect") globalThis.saved.push(operation_id);
  }
  await globalThis.still();
}

/** Fills in the other forms, and one that says nothing. @param {Work} work */
async function fillIn({ item }) {
  const paper = crypto.randomUUID();
  const fresh = () => ({ operation_id: crypto.randomUUID() });
  const forms = /** @type {[string, Record<string, string>][]} */ ([
    ["/transfers/new", { operation_id: paper, item: String(item), quantity: "1", from: "2" }],
    [`/transfers/${paper}`, { ...fresh(), action: "cancel", from_state: "requested" }],
    ["/transfers/new", { ...fresh(), item: String(item), quantity: "1", from: "999" }],
    ["/me", { ...fresh(), locale: "en" }],
    ["/reviews", { ...fresh(), review: crypto.randomUUID(), accept: "yes" }],
    [`/items/${item}`, { ...fresh(), quantity: "nothing" }],
    ["/counts", { ...fresh(), scope: "shelves", shelves: "" }],
    ["/", { ...fresh(), code: "" }],
    ["/unknown-codes", { ...fresh(), code: "" }],
    ["/expiry", { ...fresh(), lot: "" }],
  ]);
  for (const [path, fields] of forms) {
    const form = { method: "POST", body: new URLSearchParams(fields), headers: { "HX-Request": "true" } };
    await fetch(path, /** @type {RequestInit} */ ({ ...form, redirect: "manual" })).catch(() => undefined);
  }
  await globalThis.still();
}

/** Looks at pages, one of them of an item that nobody has. @param {Work} work */
async function look({ item }) {
  const paths = ["/items", `/items/${item}`, "/outbox", "/outbox/queue.json", "/me", "/items/999999999"];
  for (const path of paths) await fetch(path).catch(() => undefined);
  await globalThis.still();
}

/** Takes the last of the operations back while it waits. @param {Work} work */
async function withdraw({ ids }) {
  const body = new URLSearchParams({ action: "withdraw", operation: ids.at(-1) ?? "" });
  await fetch("/outbox", { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" });
  await globalThis.still();
}

/** A file of the release that the browser has let go. */
async function missFile() {
  const [name] = (await caches.keys()).filter((one) => one.startsWith("stockhand-"));
  const cache = await caches.open(name);
  const [kept, missed] = await cache.keys();
  await cache.delete(missed);
  for (const { url } of [kept, missed]) await fetch(url);
  await globalThis.still();
}

async function wake() {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "wake" });
  await globalThis.still();
}

async function rest() {
  await globalThis.still();
}

/** What else a page tells the worker. @param {Work} work */
async function tell({ person }) {
  const { active } = await navigator.serviceWorker.ready;
  const heads = { [`user:${person}`]: 1 };
  for (const message of [{ type: "hint", heads }, { type: "kept" }, { type: "state?" }]) {
    active?.postMessage(message);
    await globalThis.still();
  }
  active?.postMessage({ type: "hint", heads: { [`user:${person}`]: 1_000_000 } });
  await globalThis.still();
}

/** Something befalls the phone, by what it is called in `worker_points.js`. @param {Work} work */
async function befall({ how: [what, how] }) {
  return await globalThis.ask(what, how);
}

/** A clone of this phone sends first. @param {Work} work */
async function clone({ person }) {
  const file = await (await fetch("/outbox/queue.json")).json();
  if (file.ops.length === 0) return;
  const [{ n }] = file.ops;
  const about = { kind: "void", v: 1, args: {}, at: Date.now(), mono: 0, offset: 0, by: person, mac: null };
  const ops = [{ n, id: crypto.randomUUID(), ...about }];
  const body = JSON.stringify({ protocol: 1, client: file.client, ops });
  await fetch("/sync/push", { method: "POST", body, headers: { "content-type": "application/json" } });
}

/** Nothing of the worker and its files is left. */
async function uninstall() {
  for (const held of await navigator.serviceWorker.getRegistrations()) await held.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}

/** The replica is gone, and the outbox stands. */
async function forget() {
  for (const { name = "" } of await indexedDB.databases()) {
    if (!/replica/.test(name)) continue;
    const request = indexedDB.deleteDatabase(name);
    await new Promise((resolve) => Object.assign(request, { onsuccess: resolve, onerror: resolve }));
  }
}

/** The keys by which people sign are gone. */
async function loseKeys() {
  const opening = indexedDB.open("stockhand-outbox");
  await new Promise((resolve) => Object.assign(opening, { onsuccess: resolve }));
  const clearing = opening.result.transaction("keys", "readwrite");
  clearing.objectStore("keys").clear();
  await new Promise((resolve) => Object.assign(clearing, { oncomplete: resolve }));
  opening.result.close();
}

const arriving = { install, signIn, arrive, leave, uninstall, forget, loseKeys };
const working = { record, fillIn, look, withdraw, missFile, wake, rest, tell };
export const deeds = { ...arriving, ...working, befall, clone };
