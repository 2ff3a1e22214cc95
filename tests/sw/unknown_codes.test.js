import assert from "node:assert/strict";
import { test } from "node:test";
import { homePage } from "../../sw/scanning/pages.js";
import { unknownCodeListPage, unknownCodeMatchPage } from "../../sw/unknown_codes/pages.js";
import { createUnknownKeeper } from "../../web/scripts/scan_unknown.js";
import { asks, became, GHENT, NOW, SOAP, TEA, viewOf, waits } from "./page_shop.js";

const CODE = "04006381333931";
const scan = (number, given = {}) => waits(number, "code.unknown", { store: GHENT, code: CODE, ...given });
const list = (view) => unknownCodeListPage(view, asks("/unknown-codes")).rows;

test("what was scanned without a network is on the list at once, and counted", () => {
  const waiting = [scan(1, { before: ["00400000000015", "AB"] }), scan(2, { times: 2, shelf: "A3" })];
  const [row, ...more] = list(viewOf({ waiting }));
  assert.deepEqual(more, []);
  assert.deepEqual([row.shown, row.times, row.shelf, row.waiting], ["4006381333931", 3, "A3", 2]);
  const match = unknownCodeMatchPage(viewOf({ waiting }), asks(`/unknown-codes/match?code=${CODE}&q=tea`));
  assert.deepEqual(
    match.near.map(({ shown, name }) => [shown, name]),
    [
      ["AB", ""],
      ["0400000000015", "Green tea"],
    ],
  );
  assert.deepEqual(
    match.found.map(({ id }) => id),
    [TEA],
  );
  assert.equal(homePage(viewOf({ waiting }), asks("/?code=4006381333931")).kept, 3);
});

test("what is put away here is on the list no longer, and what an item has never was", () => {
  const away = waits(3, "code.dismiss", { store: GHENT, code: CODE });
  assert.deepEqual(list(viewOf({ waiting: [scan(1), away] })), []);
  assert.deepEqual(list(viewOf({ waiting: [scan(1, { code: "00400000000022" })] })), []);
  assert.deepEqual(list(viewOf({ waiting: [scan(1, { store: 2 })] })), []);
});

test("what somebody said of it stands beside it, with what became of that", () => {
  const said = { store: GHENT, item: SOAP, code: CODE };
  const [waiting] = list(viewOf({ waiting: [scan(1), waits(2, "barcode.teach", said)] }));
  assert.deepEqual([waiting.proposal.status, waiting.proposal.subject], ["waiting", "4006381333931 → Olive soap"]);
  const settled = { accepted: false, by: "Cleo", at: NOW, note: "the big one" };
  const told = { ...became(3, "review", "barcode.teach", said, "needs_approval"), settled };
  const [declined] = list(viewOf({ waiting: [scan(1)], outcomes: [told] }));
  assert.deepEqual(declined.proposal.settled, settled);
});

/** A keeper whose saving is answered by hand. */
function keeperByHand(shelf = new Map()) {
  const asked = [];
  const later = [];
  let made = 0;
  const keeper = createUnknownKeeper({
    owner: "1",
    shelf: { getItem: (name) => shelf.get(name) ?? null, setItem: (name, text) => shelf.set(name, text) },
    mint: () => `id ${++made}`,
    save: (sighting) => new Promise((answer) => asked.push({ sighting, answer })),
    saved: () => undefined,
    later: (work) => later.push(work),
  });
  return { keeper, asked, later, shelf };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a scan is told with those before it, and the next one after it", async () => {
  const { keeper, asked } = keeperByHand();
  keeper.found("x", 2, ["a", "b", "c", "d", "x"]);
  keeper.scanned("x");
  keeper.scanned("e");
  keeper.scanned("f");
  asked[0].answer(true);
  await settled();
  assert.deepEqual(
    asked.map(({ sighting }) => sighting),
    [
      { id: "id 1", code: "x", times: 2, before: ["b", "c", "d"], after: [] },
      { id: "id 2", code: "x", times: 0, before: [], after: ["e"] },
    ],
  );
});

test("an answer that comes late knows what was scanned since", () => {
  const { keeper, asked } = keeperByHand();
  keeper.found("x", 1, ["a", "x", "e", "f"]);
  keeper.scanned("g");
  assert.deepEqual(
    asked.map(({ sighting }) => [sighting.before, sighting.after]),
    [[["a"], ["e"]]],
  );
});

test("what could not be saved is tried again under the same id, also after a reload", async () => {
  const before = keeperByHand();
  before.keeper.found("x", 1, ["x"]);
  before.asked[0].answer(false);
  await settled();
  before.later[0]();
  assert.equal(before.asked[1].sighting.id, "id 1");
  const after = keeperByHand(before.shelf);
  after.keeper.retryNow();
  assert.equal(after.asked[0].sighting.id, "id 1");
  after.asked[0].answer(true);
  await settled();
  assert.deepEqual(JSON.parse(after.shelf.get("scan-unknown")).waiting, []);
});
