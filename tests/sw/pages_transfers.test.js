import assert from "node:assert/strict";
import { test } from "node:test";
import {
  homePage,
  inboxPage,
  outboxPage,
  transferListPage,
  transferNewPage,
  transferShowPage,
} from "../../sw/offline_pages.js";
import { ANTWERP, asks, BO, became, GHENT, LEIDEN, NOW, paper, SOAP, TEA, uuid, viewOf, waits } from "./page_shop.js";

const requested = waits(7, "transfer.request", { from: ANTWERP, to: GHENT, lines: [{ item: TEA, quantity: 2 }] });
const approved = (given = {}) => paper({ decision: "approved", state: "approved", more: { approved: 3 }, ...given });
const shown = (view, id = uuid(70), form = undefined) => transferShowPage(view, asks(`/transfers/${id}`, form));
const titles = (page) => page.groups.map(({ title, rows }) => [title, rows.map(({ id }) => id)]);

test("a request that waits is a transfer already, marked as waiting", () => {
  const view = viewOf({ waiting: [requested] });
  const [row] = transferListPage(view, asks("/transfers")).groups[0].rows;
  assert.deepEqual(
    [row.id, row.state, row.direction, row.waiting, row.other_name],
    [uuid(7), "requested", "in", 1, "Antwerp"],
  );
  const page = shown(view, uuid(7));
  assert.deepEqual([page.waiting, page.events.map(({ kind, waiting }) => [kind, waiting])], [1, [["request", true]]]);
});

test("the list has what is mine, what is open and what ended, newest first", () => {
  const ended = paper({ id: uuid(71), decision: "rejected", state: "rejected" });
  const old = paper({ id: uuid(72), state: "cancelled", events: [], requested_at: NOW - 31 * 86_400_000 });
  const mine = paper({ id: uuid(73), decision: "approved", state: "dispatched", more: { approved: 3, dispatched: 3 } });
  const open = approved({ id: uuid(74) });
  const view = viewOf({ papers: [ended, old, mine, open] });
  assert.deepEqual(titles(transferListPage(view, asks("/transfers"))), [
    ["mine", [uuid(73)]],
    ["open", [uuid(74)]],
    ["ended", [uuid(71)]],
  ]);
  const inbox = inboxPage(view);
  assert.deepEqual(
    [inbox.rows.map(({ id, step }) => [id, step]), inbox.frame.inbox_count],
    [[[uuid(73), "receive"]], 1],
  );
});

test("what waits takes a transfer out of the inbox before the hub has heard", () => {
  const mine = paper({ decision: "approved", state: "dispatched", more: { approved: 3, dispatched: 3 } });
  const lines = [1, 2].map((line) => ({ line, received: 3, damaged: 0 }));
  const view = viewOf({ papers: [mine], waiting: [waits(8, "transfer.receive", { transfer: uuid(70), lines })] });
  assert.equal(inboxPage(view).rows.length, 0);
  assert.equal(shown(view).state, "received");
});

test("an approval starts with what was asked, a dispatch and a count start empty", () => {
  const bo = { person: BO, level: 3, store: ANTWERP };
  const typed = (page) => [page.step, page.lines.map((line) => line.typed)];
  assert.deepEqual(typed(shown(viewOf({ ...bo, papers: [paper()] }))), ["approve", ["3", "4"]]);
  assert.deepEqual(typed(shown(viewOf({ ...bo, papers: [approved()] }))), ["dispatch", ["", ""]]);
  const sent = approved({ state: "dispatched", more: { approved: 3, dispatched: 3 } });
  assert.deepEqual(typed(shown(viewOf({ papers: [sent] }))), ["receive", ["", ""]]);
});

test("a refused form keeps its quantities by line and its reason", () => {
  const fields = { line: ["2", "1"], quantity: ["x", "9"], damaged: ["", "1"], reason: ["because"] };
  const problem = { code: "not_a_number", params: { field: "quantity" } };
  const page = shown(viewOf({ papers: [paper()] }), uuid(70), { fields, problem });
  assert.deepEqual(
    page.lines.map((line) => [line.typed, line.typed_damaged]),
    [
      ["9", "1"],
      ["x", ""],
    ],
  );
  assert.deepEqual([page.reason, page.problem, page.operation_id], ["because", problem, "minted"]);
});

test("the lender's stock is shown where the phone has it", () => {
  assert.deepEqual(
    shown(viewOf({ papers: [paper()] })).lines.map((line) => line.available),
    [40, 100],
  );
  const far = shown(viewOf({ person: BO, level: 3, store: LEIDEN, papers: [paper({ to: LEIDEN })] }));
  assert.deepEqual(
    far.lines.map((line) => line.available),
    [-1, -1],
  );
});

test("earlier refusals are told on the transfer they were about", () => {
  const args = { transfer: uuid(70), from_state: "requested", lines: [{ line: 1, quantity: 3 }] };
  const refused = became(5, "refused", "transfer.approve", args, "not_enough_available", { item: TEA, available: 1 });
  const other = became(
    6,
    "refused",
    "transfer.cancel",
    { transfer: uuid(9), from_state: "requested" },
    "state_changed",
  );
  const { refusals } = shown(viewOf({ papers: [paper()], outcomes: [refused, other] }));
  assert.deepEqual(refusals, [{ code: "not_enough_available", params: { item: "Green tea", available: 1 } }]);
});

test("a transfer that is not on the phone is left to the hub", () => {
  assert.equal(shown(viewOf(), uuid(99)), null);
});

test("a request proposes the best lender, keeps the chosen one and shows both stocks", () => {
  const best = transferNewPage(viewOf(), asks(`/transfers/new?item=${TEA}`));
  assert.deepEqual(
    best.donors.map(({ store_id, chosen }) => [store_id, chosen]),
    [
      [ANTWERP, true],
      [LEIDEN, false],
    ],
  );
  assert.deepEqual(
    best.lines.map(({ quantity, available, here }) => [quantity, available, here]),
    [["1", 40, 5]],
  );
  const chosen = transferNewPage(viewOf(), asks(`/transfers/new?from=${LEIDEN}&item=${TEA}&quantity=x`));
  assert.deepEqual([chosen.lines[0].available, chosen.lines[0].quantity], [12, "x"]);
});

test("an added code is one more line, or one more on its line; an unknown one is kept", () => {
  const page = transferNewPage(viewOf(), asks(`/transfers/new?item=${TEA}&quantity=2&add=S-002`));
  assert.deepEqual(
    page.lines.map(({ item_id, quantity }) => [item_id, quantity]),
    [
      [TEA, "2"],
      [SOAP, "1"],
    ],
  );
  const more = transferNewPage(viewOf(), asks(`/transfers/new?item=${TEA}&quantity=2&add=400000000015`));
  assert.deepEqual([more.lines[0].quantity, more.add], ["3", ""]);
  const unknown = transferNewPage(viewOf(), asks("/transfers/new?add=4711"));
  assert.deepEqual([unknown.add, unknown.problem], ["4711", { code: "code_unknown", params: { code: "4711" } }]);
});

test("a request for goods that the store does not carry is left to the hub", () => {
  assert.equal(transferNewPage(viewOf(), asks("/transfers/new?item=99")), null);
});

test("the outbox has what waits in its order, what had no effect and what had", () => {
  const adjust = (delta) => ({ store: GHENT, item: TEA, delta, reason: "found" });
  const waiting = [
    waits(1, "stock.adjust", adjust(1)),
    { ...waits(2, "void", {}) },
    waits(3, "stock.adjust", adjust(2)),
  ];
  const outcomes = [
    became(4, "applied", "stock.adjust", adjust(3)),
    became(5, "review", "stock.adjust", adjust(400), "above_limit", { limit: 20 }),
    became(6, "refused", "transfer.request", requested.args, "item_archived", { item: TEA }),
    became(7, "void", "void", {}),
  ];
  const page = outboxPage(viewOf({ waiting, outcomes }), asks("/outbox"));
  const ids = (rows) => rows.map(({ id }) => id);
  assert.deepEqual(
    [page.waiting, page.refused, page.settled].map(ids),
    [[1, 3], [6, 5], [4]].map((some) => some.map(uuid)),
  );
  assert.deepEqual(page.refused[0].problem, { code: "item_archived", params: { item: "Green tea" } });
  assert.equal(page.refused[0].href, `/transfers/new?from=${ANTWERP}&item=${TEA}&quantity=2`);
  const problem = { code: "not_waiting", params: {} };
  assert.deepEqual(outboxPage(viewOf(), asks("/outbox", { fields: {}, problem })).problem, problem);
});

test("a paper is found by the number somebody says, even when the list no longer shows it", () => {
  const papers = Array.from({ length: 52 }, (_, place) => paper({ id: uuid(place), state: "cancelled" }));
  const view = viewOf({ papers });
  const found = (q) => titles(transferListPage(view, asks(`/transfers?q=${encodeURIComponent(q)}`)));
  assert.deepEqual(found("ooo-oo1"), [["ended", [uuid(1)]]]);
  assert.equal(found("antwerp")[0][1].length, 50);
  assert.deepEqual(found("no such store"), []);
  const scanned = homePage(view, asks("/?code=000001"));
  assert.deepEqual([scanned.outcome, scanned.papers.map(({ number }) => number)], ["paper", ["000-001"]]);
  assert.equal(homePage(view, asks("/?code=zzz-zzz")).outcome, "unknown");
});
