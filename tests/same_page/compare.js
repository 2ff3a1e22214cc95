/** Asks both ends for the same page and shows where they differ: status, every byte, every header. */

import assert from "node:assert/strict";
import { calm } from "../simulation/quiet.js";
import { NOWHERE, ownPages } from "./addresses.js";
import { refusedForms } from "./refused_forms.js";

/** @typedef {import("../simulation/device.js").Device} Device */
/** @typedef {import("../simulation/world.js").World} World */
/** @typedef {{status: number, bytes: Buffer, headers: [string, string][]}} Said */

/** Of the connection, not of the page: the web server's date, how long the body is and how the connection goes on. */
const TRANSPORT = new Set(["date", "content-length", "connection", "keep-alive", "transfer-encoding"]);
const SHOWN_DIFFERENCES = 5;

/**
 * Every page of everybody, each person on one of their phones, in the language they chose and in the other one.
 * @param {World} world @param {Device[]} devices @param {number} share of the pages, drawn by chance; 1 is all
 * @param {boolean} bothLanguages
 */
export async function comparePages(world, devices, share, bothLanguages) {
  const chosen = devices.filter(
    (device, place) => devices.findIndex((one) => one.username === device.username) === place,
  );
  await compareAll(world, chosen, share);
  if (!bothLanguages) return;
  for (const device of chosen) await speakTheOther(device);
  await calm(world, devices, "bo");
  await compareAll(world, chosen, share);
}

/** @param {World} world @param {Device[]} devices @param {number} share */
async function compareAll(world, devices, share) {
  /** @type {string[]} */
  const differences = [];
  const compareOne = async (/** @type {Device} */ device) => {
    device.comparing = true;
    for (const asked of questions(/** @type {any} */ (await device.phone.view()), world.goods)) {
      if (!device.chance.happens(share) || differences.length > SHOWN_DIFFERENCES) continue;
      const found = await compared(device, asked);
      world.count(asked.what);
      if (found) differences.push(found);
    }
    device.comparing = false;
  };
  await Promise.all(devices.map(compareOne));
  assert.equal(differences.length, 0, `pages differ\n${differences.join("\n")}`);
}

/** @typedef {{path: string, what: string, status: number, form?: [string, string][]}} Question */

/** @param {any} view @param {any} goods @returns {Question[]} */
function questions(view, goods) {
  const { locale } = view;
  return [
    ...ownPages(view, goods).map((path) => ({ path, what: `pages compared, ${locale}`, status: 200 })),
    ...refusedForms(view, goods).map(([path, form]) => ({
      path,
      form,
      what: `refused forms compared, ${locale}`,
      status: 422,
    })),
    ...NOWHERE.map((path) => ({ path, what: `missing pages compared, ${locale}`, status: 404 })),
  ];
}

/** What is different, "" for nothing. @param {Device} device @param {Question} asked */
async function compared(device, { path, form, status }) {
  const name = form ? `${path} with ${new URLSearchParams(form)}` : path;
  const [hub, phone] = await Promise.all([fromHub(device, path, form), fromPhone(device, path, status, form)]);
  return difference(device, name, hub, phone, status);
}

/** @param {Device} device @param {string} path @param {[string, string][]} [form] */
async function fromHub(device, path, form) {
  const posted = { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams(form) };
  return await said(await device.line.send(path, { redirect: "manual", ...(form ? posted : {}) }));
}

/**
 * What is nowhere is the hub's to say; where nobody can reach it, the phone says it.
 * @param {Device} device @param {string} path @param {number} status @param {[string, string][]} [form]
 */
async function fromPhone(device, path, status, form) {
  if (status === 404) assert.equal(await device.get(path), null, `${path} was not left to the network`);
  if (status === 404)
    return await said(/** @type {any} */ (await device.phone.missing(new Request(device.world.address + path))));
  const answer = await (form ? device.post(path, form) : device.get(path));
  return answer && (await said(answer));
}

/** @param {Response} answer @returns {Promise<Said>} */
async function said(answer) {
  const headers = [...answer.headers].filter(([name]) => !TRANSPORT.has(name)).sort();
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()), headers };
}

/**
 * What is different, as a few lines; "" for nothing.
 * @param {Device} device @param {string} name @param {Said} hub @param {Said | null} phone @param {number} status
 */
function difference(device, name, hub, phone, status) {
  const where = `${device.username} (${device.name}) ${name}`;
  if (phone === null) return `${where}: the phone leaves it to the network, the hub says ${hub.status}`;
  const lines = [];
  if (hub.status !== phone.status) lines.push(`-${hub.status}`, `+${phone.status}`);
  else if (hub.status !== status) lines.push(` both say ${hub.status}, not ${status}`);
  if (String(hub.headers) !== String(phone.headers))
    lines.push(`-${hub.headers.join("\n-")}`, `+${phone.headers.join("\n+")}`);
  if (!hub.bytes.equals(phone.bytes)) lines.push(...unlike(hub.bytes.toString(), phone.bytes.toString()));
  return lines.length > 0 ? [`${where}: - hub, + phone`, ...lines].join("\n") : "";
}

/** The part between the first and the last line that differ, a few lines of each. @param {string} hub @param {string} phone */
function unlike(hub, phone) {
  const [ours, theirs] = [hub.split("\n"), phone.split("\n")];
  let head = 0;
  while (head < Math.min(ours.length, theirs.length) && ours[head] === theirs[head]) head += 1;
  let tail = 0;
  const most = Math.min(ours.length, theirs.length) - head;
  while (tail < most && ours.at(-1 - tail) === theirs.at(-1 - tail)) tail += 1;
  const cut = (/** @type {string[]} */ lines) =>
    lines
      .slice(head, lines.length - tail)
      .slice(0, 6)
      .map((line) => line.slice(0, 300));
  return [`@@ line ${head + 1}`, ...cut(ours).map((line) => `-${line}`), ...cut(theirs).map((line) => `+${line}`)];
}

/** @param {Device} device */
async function speakTheOther(device) {
  const view = /** @type {any} */ (await device.phone.view());
  const form = /** @type {[string, string][]} */ ([
    ["operation_id", device.ids.uuid()],
    ["locale", view.locale === "en" ? "zh" : "en"],
  ]);
  const answer = await device.post("/me", form);
  assert.equal(answer?.status, 303);
  device.world.saved.set(form[0][1], { by: String(view.personId), on: device.name, what: "prefer" });
}
