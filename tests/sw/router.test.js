import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADA,
  adjust,
  BO,
  get,
  HARBOUR,
  ORIGIN,
  onHand,
  phoneOf,
  post,
  readyPhone,
  restarted,
  STATION,
  smallShop,
  TEA,
} from "./small_shop.js";

const typed = (given = {}) => ({
  operation_id: crypto.randomUUID(),
  quantity: "2",
  direction: "out",
  reason: "damaged",
  ...given,
});

test("staff pages come from the phone with the hub gone, after a new life of the worker too", async () => {
  const hub = smallShop();
  const made = await readyPhone(hub);
  made.phone.engine.stop();
  const { phone, line } = restarted(hub, made);
  line.down = true;
  for (const path of [
    "/",
    "/?code=5012345678900",
    "/items",
    "/items?q=tea&page=1",
    `/items/${TEA}`,
    "/transfers",
    "/transfers/new",
    "/inbox",
    "/outbox",
    "/me",
  ]) {
    const answer = await get(phone, path);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get("content-language"), "en");
  }
});

test("what is not the phone's is left to the network", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  for (const path of [
    "/sign-in",
    "/welcome",
    "/goodbye",
    "/sync/pull",
    "/static/r1/styles/app.css",
    "/healthz",
    "/items/",
    "/items/abc",
    "/items/0",
    "/transfers/1",
    "/nothing",
    "/metrics",
  ]) {
    assert.equal(phone.takes(new Request(ORIGIN + path)), false, path);
    assert.equal(await get(phone, path), null, path);
  }
  for (const method of ["HEAD", "PUT", "DELETE"])
    assert.equal(phone.takes(new Request(`${ORIGIN}/items`, { method })), false);
});

test("what the hub alone can show is asked of it, and without a network a page says so", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const request = new Request(`${ORIGIN}/items/${TEA}/history?kind=count`);
  assert.equal(phone.takes(request), true);
  assert.equal(await phone.handle(request), null);
  assert.equal(await phone.markupAt(new URL(request.url)), null);
  const answer = await phone.missing(request);
  assert.equal(answer.status, 404);
  assert.equal((await answer.json()).template, "catalogue/missing.html");
  assert.equal(phone.takes(new Request(`${ORIGIN}/items/${TEA}/history.csv`)), false);
  assert.equal((await phone.missing(new Request(`${ORIGIN}/store`))).status, 404);
});

test("a blind count keeps the hub's figures away before the hub has heard of it", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const args = { store: HARBOUR, scope: "store", blind: true, sealed: false };
  const opened = { id: crypto.randomUUID(), kind: "count.open", v: 1, args, at: Date.now(), by: ADA, mac: "" };
  await phone.outbox.record({ ...opened, mono: 1, offset: 0 });
  await phone.engine.run();
  for (const path of ["/store", `/items/${TEA}/history`, "/counts/results", `/counts/results/${opened.id}`])
    assert.equal((await (await get(phone, path)).json()).template, "catalogue/missing.html", path);
});

test("a form of another site books nothing", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  assert.equal(await post(phone, `/items/${TEA}`, typed(), {}), null);
  const request = new Request(`${ORIGIN}/items/${TEA}`, {
    method: "POST",
    headers: { "HX-Request": "true" },
    body: new URLSearchParams(typed()),
  });
  Object.defineProperty(request, "mode", { value: "navigate" });
  assert.equal(phone.takes(request), false);
  assert.equal(await phone.handle(request), null);
  assert.equal((await phone.state()).waiting, 0);
  assert.equal(await onHand(phone), 10);
});

test("a refused form is the same page with what was typed and a fresh operation id", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const fields = typed({ quantity: "two" });
  const answer = await post(phone, `/items/${TEA}`, fields);
  assert.equal(answer.status, 422);
  const { template, form, operation_id } = await answer.json();
  assert.equal(template, "catalogue/item.html");
  assert.equal(form.problem.code, "not_a_number");
  assert.deepEqual(form.fields.quantity, ["two"]);
  assert.notEqual(operation_id, fields.operation_id);
  assert.equal((await phone.state()).waiting, 0);
});

test("the same form sent as parts is read alike", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const body = new FormData();
  for (const [name, text] of Object.entries(typed())) body.set(name, text);
  const request = new Request(`${ORIGIN}/items/${TEA}`, { method: "POST", body, headers: { "HX-Request": "true" } });
  assert.equal((await phone.handle(request)).status, 303);
  assert.equal(await onHand(phone), 8);
});

test("a request leads to its own page before the hub has heard of it", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const operation_id = crypto.randomUUID();
  const fields = { operation_id, from: String(STATION), item: String(TEA), quantity: "4", note: "for the window" };
  const answer = await post(phone, "/transfers/new", fields);
  assert.equal(answer.headers.get("location"), `${ORIGIN}/transfers/${operation_id}`);
  assert.equal((await get(phone, `/transfers/${operation_id}`)).status, 200);
  const transfer = (await phone.view()).transfer(operation_id);
  assert.deepEqual([transfer.from, transfer.to, transfer.lines[0].requested], [STATION, HARBOUR, 4]);
});

test("a language chosen offline is the language of the next page", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  const answer = await post(phone, "/me", { operation_id: crypto.randomUUID(), locale: "zh" });
  assert.equal(answer.status, 303);
  assert.equal((await get(phone, "/items")).headers.get("content-language"), "zh");
  line.down = false;
  await phone.engine.run();
  assert.equal((await get(phone, "/items")).headers.get("content-language"), "zh");
});

test("nobody moves into a store that is not theirs", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub);
  const answer = await post(phone, "/me", { operation_id: crypto.randomUUID(), store: String(STATION) });
  assert.equal((await answer.json()).form.problem.code, "store_not_yours");
});

test("what is not on this phone is asked of the hub, and said to be missing when the hub is away", async () => {
  const hub = smallShop();
  const { phone } = await readyPhone(hub, ADA, {
    pages: { itemPage: () => null, missingPage: () => ({ what: "item" }) },
  });
  const request = new Request(`${ORIGIN}/items/999`);
  assert.equal(await phone.handle(request), null);
  const missing = await phone.missing(request);
  assert.equal(missing.status, 404);
  assert.equal((await missing.json()).template, "catalogue/missing.html");
  const form = new Request(`${ORIGIN}/items/999`, {
    method: "POST",
    headers: { "HX-Request": "true" },
    body: new URLSearchParams(typed()),
  });
  assert.equal(await phone.handle(form), null);
  assert.equal(form.bodyUsed, false);
});

test("the page of an item that was merged leads to what it is now", async () => {
  const hub = smallShop();
  hub.put("catalogue:1", "88", {
    ...hub.row("catalogue:1", String(TEA)),
    id: 88,
    sku: "OLD-88",
    gtins: [],
    archived: true,
    into: TEA,
  });
  const { phone } = await readyPhone(hub);
  const answer = await get(phone, "/items/88");
  assert.equal(answer.status, 303);
  assert.equal(new URL(answer.headers.get("location") ?? "").pathname, `/items/${TEA}`);
  assert.equal(await phone.markupAt(new URL(`${ORIGIN}/items/88`)), null);
  const view = await phone.view();
  assert.deepEqual(
    view.search("old-88", 0, 10).rows.map((/** @type {{id: number}} */ { id }) => id),
    [TEA],
  );
});

test("a page that asks by word is told what an answer would hold", async () => {
  const { phone } = await readyPhone(smallShop());
  const unminted = (/** @type {string | null} */ text) => text?.replace(/"[0-9a-f-]{36}"/, "minted");
  for (const path of ["/items?q=tea", "/transfers", "/outbox"]) {
    const answer = await get(phone, path);
    assert.equal(unminted(await phone.markupAt(new URL(ORIGIN + path))), unminted(await answer.text()), path);
  }
  for (const path of ["/sign-in", "/metrics", "/items/0"])
    assert.equal(await phone.markupAt(new URL(ORIGIN + path)), null, path);
});

test("a stranger's phone answers nothing", async () => {
  const { phone } = phoneOf(smallShop());
  assert.equal(await get(phone, "/"), null);
  assert.equal(await phone.markupAt(new URL(`${ORIGIN}/`)), null);
  assert.equal(await phone.missing(new Request(`${ORIGIN}/items`)), null);
});

test("one person's operation cannot be withdrawn by another", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  hub.session = BO;
  await phone.message({ type: "who", person: BO });
  line.down = true;
  await phone.who.become(ADA);
  const { operation_id } = await adjust(phone, -1);
  await phone.who.become(BO);
  const answer = await post(phone, "/outbox", { action: "withdraw", operation: operation_id });
  assert.equal(answer.status, 422);
  assert.equal((await phone.outbox.waiting(operation_id)).withdrawn, undefined);
});

test("what waits can be carried to the hub as a file, signed as it would be sent", async () => {
  const hub = smallShop();
  const { phone, line } = await readyPhone(hub);
  line.down = true;
  await adjust(phone, -2);
  await adjust(phone, -1);
  const answer = await get(phone, "/outbox/queue.json");
  assert.equal(answer.headers.get("content-type"), "application/json");
  const file = await answer.json();
  assert.deepEqual([file.stockhand, file.protocol], ["outbox", 1]);
  assert.deepEqual(
    file.ops.map(({ n, args, by }) => [n, args.delta, by]),
    [
      [1, -2, ADA],
      [2, -1, ADA],
    ],
  );
  assert.ok(file.ops.every(({ mac }) => mac.length > 40));
  line.down = false;
  await phone.engine.run();
  assert.deepEqual((await (await get(phone, "/outbox/queue.json")).json()).ops, []);
});

test("what a saved form sets going waits until the answer is out, and the row is on the disk already", async () => {
  const after = [];
  const { phone, line, told } = await readyPhone(smallShop(), ADA, { afterAnswer: (work) => after.push(work) });
  line.requests.length = told.length = 0;
  const { answer, operation_id } = await adjust(phone, -3);
  assert.equal(answer.status, 303);
  assert.equal((await phone.outbox.waiting(operation_id)).args.delta, -3);
  assert.deepEqual([line.requests, told], [[], []]);
  for (const work of after) work();
  await phone.engine.idle();
  assert.ok(line.requests.some(({ path }) => path === "/sync/push"));
  assert.equal((await phone.state()).waiting, 0);
});
