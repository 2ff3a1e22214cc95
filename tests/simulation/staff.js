/** What people do with the pages they see, mostly sensible. */

import assert from "node:assert/strict";

/** @typedef {import("./device.js").Device} Device */
/** @typedef {[string, string][]} Form */

const DEEDS = { adjust: 38, request: 14, step: 33, prefer: 2, withdraw: 4, look: 6, code: 3 };
const ACTIONS = ["approve", "unapprove", "reject", "cancel", "dispatch", "receive", "close"];
/** Labels, of which the last is wrongly typed. */
const PARCELS = ["00106141412345678908", "106141412345678915", "106141412345678900"];
const CODES = ["4006381333931", "4006381334006", "2123456012347", "4006381333932", "AB-12 <b>", "\u001d\u202e"];
const OUT = ["damaged", "expired", "theft", "sample", "own_use", "other"];
const PAGES = [
  "/",
  "/items",
  "/transfers",
  "/inbox",
  "/outbox",
  "/me",
  "/items?q=tea",
  "/transfers/new",
  "/unknown-codes",
];

/** One thing that the person on a phone does. @param {Device} device */
export async function act(device) {
  const view = await device.phone.view();
  if (view === null) return;
  const deed = device.chance.weighed(DEEDS);
  const done = { adjust, request, step, prefer, withdraw, look, code }[deed]?.(device, view) ?? null;
  const [path, form] = (await done) ?? [];
  if (path === undefined) return;
  await send(device, path, form ?? [], `${deed}${deed === "step" ? ` ${field(form ?? [], "action")}` : ""}`);
}

/**
 * Sends a form and remembers what the phone said about it; now and then the finger taps twice.
 * @param {Device} device @param {string} path @param {Form} form @param {string} what
 */
export async function send(device, path, form, what) {
  const { world, chance } = device;
  const id = field(form, "operation_id");
  world.perhaps.add(id);
  const taps = chance.happens(0.08) ? 2 : 1;
  if (taps === 2) world.count("double tap");
  const answers = await Promise.all(Array.from({ length: taps }, () => device.post(path, form)));
  for (const answer of answers) {
    if (answer === null) return;
    // The door of a hub that is just being killed says that it is closed.
    if (device.isDesk && answer.status === 503) return;
    assert.ok([303, 422].includes(answer.status), `${path} was answered ${answer.status}`);
    if (answer.status === 422) world.count(device.isDesk ? "form refused by the hub" : "form refused on the phone");
    else if (id) world.saved.set(id, { by: String(device.phone.who.person), on: device.name, what });
  }
  world.count(what);
}

/** @param {Form} form @param {string} name */
function field(form, name) {
  return form.find(([one]) => one === name)?.[1] ?? "";
}

/** @param {Device} device */
function quantity({ chance }) {
  return chance.happens(0.06)
    ? chance.pick(["", "0", "-3", "x", "1.5", "９", " 2 ", "99999999"])
    : String(chance.whole(1, 24));
}

/** @param {Device} device @param {any} view @returns {[string, Form] | null} */
function adjust(device, view) {
  const { chance, ids } = device;
  const items = view.itemsSorted();
  if (items.length === 0) return null;
  const id = chance.happens(0.5) ? chance.pick(items.slice(0, 6)).id : chance.pick(items).id;
  const inwards = chance.happens(0.5);
  /** @type {Form} */
  const form = [
    ["operation_id", ids.uuid()],
    ["quantity", quantity(device)],
    ["direction", inwards ? "in" : "out"],
    ["reason", inwards ? chance.pick(["found", "other"]) : chance.pick(OUT)],
  ];
  return [`/items/${id}`, form];
}

/** @param {Device} device @param {any} view @returns {[string, Form] | null} */
function request(device, view) {
  const { chance, ids } = device;
  const items = view.itemsSorted();
  const near = view.neighbours();
  if (items.length === 0 || near.length === 0) return null;
  const pushes = chance.happens(0.2);
  /** @type {Form} */
  const form = [
    ["operation_id", ids.uuid()],
    ["way", pushes ? "push" : "request"],
    [pushes ? "to" : "from", String(chance.pick(near)[0])],
    ["note", chance.happens(0.3) ? "for <Saturday> & “Sunday” 周末" : ""],
  ];
  for (let lines = chance.whole(1, 3); lines > 0; lines -= 1) {
    form.push(["item", String(chance.pick(items).id)], ["quantity", quantity(device)]);
  }
  return ["/transfers/new", form];
}

/** @param {Device} device @param {any} view @returns {[string, Form] | null} */
function step(device, view) {
  const { chance, ids, world } = device;
  const open = view
    .transfers()
    .filter((/** @type {any} */ one) => !["received", "closed", "rejected"].includes(one.state));
  const mine = open.filter((/** @type {any} */ one) => stepOf(one).step);
  const list = mine.length > 0 && chance.happens(0.85) ? mine : chance.happens(0.8) ? open : view.transfers();
  if (list.length === 0) return null;
  const transfer = chance.pick(list);
  function stepOf(/** @type {any} */ one) {
    return world.code.steps(one, view.levels(), view.personId);
  }
  const own = stepOf(transfer).step;
  const action = own && chance.happens(0.85) ? own : chance.pick(ACTIONS);
  /** @type {Form} */
  const form = [
    ["operation_id", ids.uuid()],
    ["action", action],
  ];
  form.push(["from_state", chance.happens(0.95) ? transfer.state : "requested"]);
  form.push(["reason", chance.happens(0.9) ? "because it was so" : ""]);
  form.push(["parcel", chance.happens(0.3) ? chance.pick(PARCELS) : ""]);
  for (const line of transfer.lines) form.push(...lineFields(device, action, line));
  return [`/transfers/${transfer.id}`, form];
}

/** @param {Device} device @param {string} action @param {any} line @returns {Form} */
function lineFields({ chance }, action, line) {
  const asked =
    { approve: line.requested, dispatch: line.approved ?? line.requested, receive: line.dispatched }[action] ?? 0;
  const all = chance.happens(0.6) ? asked : chance.whole(0, asked + 1);
  const broken = chance.happens(0.2) ? 1 : 0;
  return [
    ["line", String(line.line)],
    ["quantity", String(Math.max(all - broken, 0))],
    ["damaged", broken ? "1" : ""],
    ["returned", action === "close" && chance.happens(0.3) ? String(chance.whole(0, 3)) : ""],
  ];
}

/** @param {Device} device @param {any} view @returns {[string, Form]} */
function prefer({ chance, ids }, view) {
  /** @type {Form} */
  const form = [["operation_id", ids.uuid()]];
  if (chance.happens(0.6)) form.push(["locale", chance.pick(["en", "zh"])]);
  else form.push(["store", String(chance.pick([...view.roleStores(), 3]))]);
  return ["/me", form];
}

/** A scan that found nothing, and what is said of it later. @param {Device} device @param {any} view @returns {[string, Form]} */
function code({ chance, ids }, view) {
  const scanned = chance.pick(CODES);
  const [one] = view.itemsSorted();
  /** @type {Form} */
  const form = [
    ["operation_id", ids.uuid()],
    ["code", scanned],
  ];
  const way = chance.pick(["scan", "scan", "dismiss", "teach"]);
  if (way === "scan") return ["/", [...form, ["before", chance.pick(CODES)], ["after", "S-001"]]];
  if (way === "dismiss") return ["/unknown-codes", [...form, ["action", "dismiss"]]];
  form.push(["action", "teach"], ["item", String(one?.id ?? "")]);
  return [`/unknown-codes/match?code=${encodeURIComponent(scanned)}`, form];
}

/** @param {Device} device @param {any} view @returns {Promise<null>} */
async function withdraw(device, view) {
  const waiting = view.waiting.filter((/** @type {any} */ one) => one.status === "waiting");
  if (waiting.length === 0) return null;
  /** @type {Form} */
  const form = [
    ["action", "withdraw"],
    ["operation", device.chance.pick(waiting).id],
  ];
  const stayed = presence(device, view);
  const answer = await device.post("/outbox", form);
  if (answer === null && (device.isDesk || !stayed())) return null;
  assert.ok(answer, "/outbox was left to the network");
  assert.ok([303, 422].includes(answer.status), `/outbox was answered ${answer.status}`);
  device.world.count(answer.status === 303 ? "withdraw" : "withdraw too late");
  return null;
}

/**
 * Tells later whether the same worker still works for the same person: what was asked while it was killed or began
 * anew, or while a pull found that somebody else had signed in, is the hub's to answer. @param {Device} device @param {any} view
 */
function presence(device, view) {
  const { phone, life } = device;
  const { turn } = phone.who;
  return () =>
    device.phone === phone &&
    !life.ended &&
    phone.who.turn === turn &&
    phone.who.person === view.personId &&
    phone.who.key !== null;
}

/** What a phone that leaves a page to the network may lack. @param {Device} device @param {any} view */
function reasons({ phone }, view) {
  const { replica } = phone;
  const known = { complete: replica?.complete, person: replica?.knowsPerson(), trouble: phone.storage.trouble };
  return { ...known, before: view.personId, now: phone.who.person };
}

/** Any page can be looked at, whatever waits. @param {Device} device @param {any} view @returns {Promise<null>} */
async function look(device, view) {
  const transfers = view.transfers();
  const paths = [...PAGES, ...transfers.slice(-3).map((/** @type {any} */ one) => `/transfers/${one.id}`)];
  const path = device.chance.pick(paths);
  const stayed = presence(device, view);
  const answer = await device.get(path);
  // A role that ended on the way takes its transfers along.
  if (answer === null && (/^\/transfers\/[^n]/.test(path) || !stayed())) return null;
  assert.ok(answer, `${path} was left to the network: ${JSON.stringify(reasons(device, view))}`);
  assert.equal(answer.status, 200, `${path} was answered ${answer.status}`);
  device.world.count("page looked at");
  return null;
}
