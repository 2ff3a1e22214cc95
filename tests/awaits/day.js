/** What is done in a page while the worker may die: each runs in the page and brings along all it needs. */

/** @typedef {{ids: string[], item: number, person: number}} Work */

/** Says who is here, and waits until nothing moves. @param {Work} work */
async function arrive({ person }) {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "who", person });
  await globalThis.still();
}

/** Fills in the form of an item's page, once for each id. @param {Work} work */
async function record({ ids, item }) {
  for (const operation_id of ids) {
    const fields = { operation_id, quantity: "1", direction: "in", reason: "found" };
    const body = new URLSearchParams(fields);
    const answer = await fetch(`/items/${item}`, {
      method: "POST",
      body,
      headers: { "HX-Request": "true" },
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect") globalThis.saved.push(operation_id);
  }
  await globalThis.still();
}

/** Looks at pages, and takes the last of the operations back while it waits. @param {Work} work */
async function withdraw({ ids, item }) {
  for (const path of ["/items", `/items/${item}`, "/outbox", "/outbox/queue.json", "/me"]) await fetch(path);
  const body = new URLSearchParams({ action: "withdraw", operation: ids.at(-1) ?? "" });
  await fetch("/outbox", { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" });
  await globalThis.still();
}

async function wake() {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "wake" });
  await globalThis.still();
}

/** Somebody else's hands, and back. @param {Work} work */
async function changeHands(work) {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "nobody" });
  await globalThis.still();
  active?.postMessage({ type: "who", person: work.person });
  await globalThis.still();
}

/** A clone of this phone sends first. @param {Work} work */
async function clone({ person }) {
  const file = await (await fetch("/outbox/queue.json")).json();
  if (file.ops.length === 0) return;
  const [{ n }] = file.ops;
  const op = {
    n,
    id: crypto.randomUUID(),
    kind: "void",
    v: 1,
    args: {},
    at: Date.now(),
    mono: 0,
    offset: 0,
    by: person,
  };
  const body = JSON.stringify({ protocol: 1, client: file.client, ops: [{ ...op, mac: null }] });
  await fetch("/sync/push", { method: "POST", body, headers: { "content-type": "application/json" } });
}

export const deeds = { arrive, record, withdraw, wake, changeHands, clone };
