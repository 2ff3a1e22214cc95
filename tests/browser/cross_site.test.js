/**
 * In each engine: the phone's own server runs and works without the hub, and a form of another site books nothing, though
 * it reaches the worker with its body readable. The same form sent by the app's own page does book.
 */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { booked, rowsOf } from "./books.js";
import { ENGINES, until } from "./engines.js";
import { openHub } from "./hub.js";
import { openOtherSite } from "./other_site.js";
import { outboxRows } from "./own_storage.js";
import { PASSWORDS } from "./staff.js";

/** @typedef {import("./webkit.js").Window} Window */
/** @typedef {{ path: string, fields: Record<string, string> }} Form */

const STAFF_PAGES = ["/", "/items", "/transfers", "/transfers/new?item=4", "/inbox", "/outbox", "/me"];
/** A person an engine, and the store each asks for goods. @type {Record<string, { username: string, from: string }>} */
const PEOPLE = {
  Chromium: { username: "ada", from: "2" },
  Firefox: { username: "bo", from: "1" },
  WebKit: { username: "nora", from: "2" },
};

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {import("./other_site.js").OtherSite} */
let otherSite;
/** @type {Map<string, Window>} */
const windows = new Map();
/** Beside each a window for the other site, as a person may have. @type {Map<Window, Window>} */
const beside = new Map();
/** Operations that must never be booked, and those that must. @type {string[]} */
const strange = [];
/** @type {string[]} */
const own = [];

before(async () => {
  [hub, otherSite] = await Promise.all([openHub(), openOtherSite()]);
});
after(async () => {
  await Promise.all([...windows.values()].map((window) => window.close()));
  otherSite.close();
  await hub.close();
});

/** One form a page that takes any. @param {string} engine @param {string[]} ids where the ids of its operations are noted @returns {Form[]} */
function forms(engine, ids) {
  const mint = () => ids[ids.push(randomUUID()) - 1];
  const { from } = PEOPLE[engine];
  return [
    { path: "/items/4", fields: { operation_id: mint(), quantity: "3", direction: "in", reason: "found" } },
    { path: "/transfers/new", fields: { operation_id: mint(), from, item: "4", quantity: "2" } },
    { path: "/me", fields: { operation_id: mint(), locale: "zh" } },
  ];
}

/** @param {Window} window @param {string} username */
async function signIn(window, username) {
  await window.goto(`${hub.address}/sign-in`);
  await window.run(typeAndSend, username, PASSWORDS[username]);
  await until(window, () => location.pathname === "/" && navigator.serviceWorker.controller !== null);
  await until(window, () => document.querySelector("[data-state]")?.getAttribute("data-shade") === "live");
}

/** Runs in the page. @param {string} username @param {string} password */
function typeAndSend(username, password) {
  const field = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement} */ (document.querySelector(`input[name=${name}]`));
  field("username").value = username;
  field("password").value = password;
  /** @type {HTMLElement} */ (document.querySelector("form button:not([type=button])")).click();
}

/**
 * Opens pages of the other site that send the forms: as a navigation, from hidden frames, by fetch.
 * @param {Window} window @param {Form[]} knocks
 */
async function knock(window, knocks) {
  const there = beside.get(window) ?? (await window.another());
  beside.set(window, there);
  const sent = knocks.map(({ path, fields }) => ({ action: hub.address + path, fields }));
  for (const form of sent) {
    await there.goto(otherSite.formAddress(form));
    await there.run(() => Reflect.get(globalThis, "knock")());
    // With the hub gone this ends on the browser's own page, which may let nothing run in it.
    const shown = await Promise.race([
      until(there, whereElse, otherSite.address),
      new Promise((resolve) => setTimeout(resolve, 1500, "an error")),
    ]);
    assert.equal(shown, "an error");
  }
  await there.goto(otherSite.scriptAddress(sent));
  const told = await until(there, () => document.title.startsWith("sent: ") && document.title);
  assert.doesNotMatch(told, /basic|cors 2/, "the other site could read an answer");
  await window.show();
}

/** Runs in the page: what became of the window that left the other site. @param {string} site */
function whereElse(site) {
  if (location.href.startsWith(site) || document.readyState !== "complete") return "";
  return document.querySelector("#main") ? "a page of ours" : "an error";
}

/** Sends forms as the app's own page does. @param {Window} window @param {Form[]} sent */
async function sendAsOwn(window, sent) {
  for (const { path, fields } of sent) {
    const answer = await window.run(postAsHtmx, path, fields);
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer)}`);
  }
}

/** Runs in the page. @param {string} path @param {Record<string, string>} fields */
async function postAsHtmx(path, fields) {
  const headers = { "HX-Request": "true" };
  const { status, url, redirected } = await fetch(path, { method: "POST", headers, body: new URLSearchParams(fields) });
  return { status, url, redirected };
}

/** Ids of everything this phone has recorded, sent or not. @param {Window} window */
async function recorded(window) {
  const rows = [...(await window.run(outboxRows, "operations")), ...(await window.run(outboxRows, "journal"))];
  // What is answered between the two looks stands in both.
  return [...new Set(rows.map(({ id }) => id))];
}

/** Runs in the page of the outbox. */
function nothingWaits() {
  const rows = document.querySelector("#outbox-rows");
  return rows !== null && rows.querySelector(".op-waiting") === null;
}

/** @param {string} engine @returns {Window} */
function windowOf(engine) {
  return windows.get(engine) ?? assert.fail(`${engine} could not sign in`);
}

for (const { name, missing, open } of ENGINES) {
  const skip = missing ? `${missing} is not installed` : false;
  test(`${name}: a form of another site books nothing, the same form of our own page does`, { skip }, async (t) => {
    const began = Date.now();
    const window = await open();
    windows.set(name, window);
    await signIn(window, PEOPLE[name].username);
    t.diagnostic(`signed in, worker running after ${Date.now() - began} ms`);
    await knock(window, forms(name, strange));
    assert.deepEqual(await recorded(window), []);
    await window.goto(`${hub.address}/items`);
    assert.equal(await window.run(() => document.body.lang), "en");

    /** @type {string[]} */
    const ids = [];
    await sendAsOwn(window, forms(name, ids));
    assert.deepEqual((await recorded(window)).sort(), [...ids].sort());
    own.push(...ids);
    const until5s = Date.now() + 5000;
    while (booked(hub, ids) < ids.length && Date.now() < until5s) await new Promise((next) => setTimeout(next, 100));
    assert.equal(booked(hub, ids), ids.length);
    assert.equal(booked(hub, strange), 0);
    // The hub goes next: what it has booked this phone must have heard of by then.
    await window.goto(`${hub.address}/outbox`);
    await until(window, nothingWaits);
  });
}

test("the hub is killed", () => hub.kill());

for (const { name, missing } of ENGINES) {
  const skip = missing ? `${missing} is not installed` : false;
  test(`${name}: every staff page and an adjustment work without the hub, and no strange form does`, {
    skip,
  }, async () => {
    const window = windowOf(name);
    for (const path of STAFF_PAGES) {
      await window.goto(hub.address + path);
      assert.ok(await until(window, () => document.querySelector("#main h1, #main [data-scan]") !== null), path);
    }
    await window.goto(`${hub.address}/items/4`);
    const id = await window.run(adjustByHand, "7");
    own.push(id);
    await until(window, () => /7/.test(document.querySelector("#recent .op-waiting")?.textContent ?? ""));
    assert.deepEqual(await window.run(outboxRows, "operations").then((rows) => rows.map((row) => row.id)), [id]);

    const withdrawal = { path: "/outbox", fields: { action: "withdraw", operation: id } };
    await knock(window, [...forms(name, strange), withdrawal]);
    await window.goto(`${hub.address}/outbox`);
    const waiting = await window.run(outboxRows, "operations");
    assert.deepEqual(
      waiting.map(({ id, withdrawn }) => [id, withdrawn]),
      [[id, ""]],
    );
    assert.equal(await window.run(() => document.querySelectorAll("#outbox-rows .op-waiting").length), 1);
  });
}

/** Runs in the page: types a quantity, taps the reason. Gives the operation's id. @param {string} quantity */
function adjustByHand(quantity) {
  const form = /** @type {HTMLFormElement} */ (document.querySelector("form.adjust"));
  const field = (/** @type {string} */ which) => /** @type {HTMLInputElement} */ (form.querySelector(`input${which}`));
  const { value } = field("[name=operation_id]");
  field("[value=in]").click();
  field("[name=quantity]").value = quantity;
  /** @type {HTMLElement} */ (form.querySelector("button[value=found]")).click();
  return value;
}

test("the hub is back: own work is booked, and no strange form ever was", async (t) => {
  await hub.start();
  const back = Date.now();
  const sent = [...windows].map(async ([name, window]) => {
    await window.goto(`${hub.address}/outbox`);
    await until(window, nothingWaits);
    t.diagnostic(`${name}: sent ${Date.now() - back} ms after the hub was back`);
  });
  await Promise.all(sent);
  assert.equal(booked(hub, own), own.length);
  assert.equal(booked(hub, strange), 0);
  const found = rowsOf(hub, "SELECT DISTINCT operation_id FROM ledger WHERE item_id = 4 AND reason = 'found'");
  assert.equal(found.filter((row) => own.includes(row.operation_id)).length, 2 * windows.size);
  const doctor = hub.command("doctor", "--data", hub.data);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
});
