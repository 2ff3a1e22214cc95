/** Packed blocks come to the same as the rows they were made of, whatever the rows and whatever has changed since. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Bucket } from "../../sw/bucket.js";
import { catalogueBlock, itemAt } from "../../sw/packed/catalogue_block.js";
import { sought, unfolded } from "../../sw/packed/folding.js";
import { lanesOf } from "../../sw/packed/lanes.js";
import { PackedCatalogue } from "../../sw/packed/packed_catalogue.js";
import { indexed } from "../../sw/packed/packed_index.js";
import { PackedStock, stockWith } from "../../sw/packed/packed_stock.js";
import { SortKeys } from "../../sw/packed/sort_keys.js";
import { openView } from "../../sw/view.js";
import { rowSum } from "../../sync/checksum.js";
import { fold, sortKey } from "../../sync/formats.js";
import { dice } from "./dice.js";

const STRANGE = [
  "İstanbul",
  "ﬃ",
  "㎏",
  "ﷺ",
  "\u{1d400}",
  "\u{1f34b}",
  "e\u0301",
  "\u200bx",
  "ß",
  "ΐ",
  "ŉ",
  "Ⅷ",
  "㈱",
  "ﾊﾝ",
];
const WORDS = [
  "Green",
  "tea",
  "Tea",
  "red",
  "Rôti",
  "茶",
  "绿茶",
  "米",
  "x\u3000y",
  "9",
  "10",
  "0010",
  "250 g",
  "%",
  "a_b",
  "",
  ...STRANGE,
];

/** @param {ReturnType<typeof dice>} roll @param {number} id @returns {any} */
function randomItem(roll, id) {
  const words = (most) =>
    Array.from({ length: roll(most) }, () => WORDS[roll(WORDS.length)]).join(roll(9) ? " " : "  ");
  const name_en = roll(5) ? words(5) : "";
  const name_zh = roll(3) ? words(3) : "";
  const gtins = Array.from({ length: [1, 1, 1, 0, 2, 3][roll(6)] }, (_, at) => String(id * 10 + at).padStart(14, "0"));
  return {
    id,
    sku: roll(8) ? `SKU-${id}` : `s ${id} É`,
    name_en,
    name_zh,
    brand: ["", "Mill", "Ørsted"][roll(3)],
    unit: ["each", "g"][roll(2)],
    price_cents: roll(3) ? roll(500) : -1e12,
    lot: roll(4) === 0,
    expiry: roll(4) === 0,
    archived: roll(6) === 0,
    sort_zh: name_zh ? `pinyin ${roll(30)}` : sortKey(name_en),
    gtins,
    ...(roll(9) ? {} : { into: 1 + roll(60) }),
    ...(roll(25) ? {} : { added_later: { nested: [1] } }),
  };
}

function randomStock(roll) {
  const number = () => (roll(3) ? 0 : roll(3000) - 900);
  return { on_hand: number(), reserved: number(), in_transit_in: number(), in_transit_out: roll(9) ? 0 : 2 ** 40 };
}

/** @type {("en" | "zh")[]} */
const LOCALES = ["en", "zh"];
const nothing = async () => undefined;
const keys = { blocks: [], index: [] };

async function packedCatalogue(puts, rowsABlock = 7) {
  const blocks = [];
  for (let first = 0; first < puts.length; first += rowsABlock)
    blocks.push(catalogueBlock(puts.slice(first, first + rowsABlock)));
  return new PackedCatalogue(blocks, await indexed(blocks, nothing), keys);
}

function bucketOf(id, packed, pages) {
  const bucket = new Bucket(id, packed);
  for (const page of pages) bucket.apply(page);
  return bucket;
}

const page = (puts, gone = []) => ({ puts, gone });

test("a folded block says what fold says, and sorts as sortKey does", () => {
  const roll = dice(7);
  for (let round = 0; round < 60; round += 1) {
    /** @type {[string, number, any][]} */
    const puts = Array.from({ length: 1 + roll(9) }, (_, at) => [
      String(at + 1),
      1 + roll(3),
      randomItem(roll, at + 1),
    ]);
    const block = catalogueBlock(puts);
    const lines = unfolded(block.folded).split("\n").slice(0, -1);
    const items = puts.map(([, , item]) => item);
    assert.deepEqual(
      lines,
      items.map((one) => sought(fold(`${one.name_en} ${one.name_zh} ${one.brand} ${one.sku}`))),
    );
    assert.deepEqual(
      items.map((_, row) => itemAt(block, row)),
      items,
    );
    for (const locale of LOCALES) {
      const made = new SortKeys(items.length, 0);
      for (const row of items.keys()) made.add(block, row, locale);
      const { units, ends } = made.keys;
      const texts = items.map((_, row) =>
        String.fromCharCode(...units.subarray(row > 0 ? ends[row - 1] : 0, ends[row])),
      );
      assert.deepEqual(
        texts,
        items.map((one) => (locale === "zh" || one.name_en === "" ? one.sort_zh : sortKey(one.name_en))),
      );
    }
  }
});

test("lanes of numbers are those of their texts", () => {
  const ids = Int32Array.from([0, 7, 10, 99, 100, 2 ** 31 - 1, 123456789]);
  const versions = Int32Array.from([1, 1, 2, 10, 999, 1, 123456]);
  let [a, b] = [0, 0];
  for (const [row, id] of ids.entries()) {
    const [one, other] = rowSum(String(id), versions[row]);
    a ^= one;
    b ^= other;
  }
  assert.deepEqual(lanesOf(ids, versions), [a, b]);
});

test("a view of packed buckets shows what a view of plain rows shows", async () => {
  for (let seed = 1; seed <= 16; seed += 1) await sameViews(dice(seed), `seed ${seed}`);
});

async function sameViews(roll, said) {
  const many = 40 + roll(60);
  const plain = shop(roll);
  const packed = new Map(plain);
  for (const name of ["catalogue:1", "catalogue:2"]) {
    const puts = somePuts(roll, many, (id) => randomItem(roll, id));
    const pages = changes(roll, puts, (id) => randomItem(roll, id));
    packed.set(name, bucketOf(name, await packedCatalogue(puts), pages));
    plain.set(name, plainly([page(puts), ...pages]));
  }
  const stocked = somePuts(roll, many, () => randomStock(roll));
  const moves = changes(roll, stocked, () => randomStock(roll));
  const half = new PackedStock(
    stockWith(null, new Map(stocked.map(([key, version, row]) => [key, [version, row]]))),
    keys,
  );
  packed.set("stock:1", bucketOf("stock:1", half, moves));
  plain.set("stock:1", plainly([page(stocked), ...moves]));
  for (const [name, { rows }] of plain) {
    const held = packed.get(name);
    if (!(held instanceof Bucket)) continue;
    assert.deepEqual(new Map([...held.rows].sort()), new Map([...rows].sort()), `${said}: ${name}`);
    assert.equal(held.rows.size, rows.size, `${said}: size of ${name}`);
    const fresh = bucketOf(name, null, [page([...rows].map(([key, row]) => [key, held.version(key), row]))]);
    assert.equal(held.sum, fresh.sum, `${said}: sum of ${name}`);
  }
  for (const locale of ["en", "zh"]) compared(roll, plain, packed, locale, many, said);
}

function compared(roll, plain, packed, locale, many, said) {
  for (const held of [plain, packed]) held.get("user:1").rows.get("me").locale = locale;
  const [one, other] = [plain, packed].map((buckets) =>
    openView({ person: 1, buckets, waiting: [], answered: [], now: 5 }),
  );
  assert.deepEqual(other.itemsSorted(), one.itemsSorted(), `${said}: order in ${locale}`);
  const asked = ["", "tea", "TEA gr", "茶", "e", "9", "1 0", "sku-7", "pinyin", "x y", "nowhere", ...WORDS];
  // Key by key, as each narrows what the one before it found; and a key taken back.
  for (const word of [...WORDS, "tea gr", "e tea"])
    asked.push(...[...word].map((_, at) => word.slice(0, at + 1)), word.slice(1));
  for (const q of asked) {
    const [offset, limit] = [roll(6), roll(2) ? 50 : roll(9)];
    assert.deepEqual(other.search(q, offset, limit), one.search(q, offset, limit), `${said}: “${q}” in ${locale}`);
  }
  for (let id = 0; id <= many + 1; id += 1) {
    assert.deepEqual(other.item(id), one.item(id), `${said}: item ${id}`);
    assert.equal(other.rangedHere(id), one.rangedHere(id));
    assert.deepEqual(other.stock(1, id), one.stock(1, id), `${said}: stock of ${id}`);
    assert.deepEqual(other.itemBySku(`sku-${id}`), one.itemBySku(`sku-${id}`));
    const gtin = String(id * 10).padStart(14, "0");
    assert.deepEqual(other.itemByGtin(gtin)?.id, one.itemByGtin(gtin)?.id, `${said}: ${gtin}`);
  }
}

function somePuts(roll, many, rowOf) {
  const ids = Array.from({ length: many }, (_, at) => at + 1).filter(() => roll(4) > 0);
  return ids.sort(() => roll(3) - 1).map((id) => [String(id), 1 + roll(3), rowOf(id)]);
}

function changes(roll, puts, rowOf) {
  return Array.from({ length: roll(4) }, () => {
    const changed = Array.from({ length: roll(12) }, () => 1 + roll(110));
    const gone = Array.from({ length: roll(6) }, () => puts[roll(puts.length)][0]);
    const fresh = [...new Set(changed)].filter((id) => !gone.includes(String(id)));
    return page(
      fresh.map((id) => [String(id), 4 + roll(9), rowOf(id)]),
      gone.map((key) => [key, 9]),
    );
  });
}

function plainly(pages) {
  const rows = new Map();
  for (const { puts, gone } of pages) {
    for (const [key, , row] of puts) rows.set(key, row);
    for (const [key] of gone) rows.delete(key);
  }
  return { rows, stamp: 1 };
}

/** @returns {Map<string, any>} */
function shop(roll) {
  const me = { id: 1, name: "Ada", locale: "en", store: 1, roles: [{ level: 2, stores: [1], from: 0, to: null }] };
  const assortments = roll(2) ? [1] : [1, 2];
  const store = { id: 1, code: "A", assortments, neighbours: [], zone: [[0, 0]] };
  return new Map([
    ["chain", { rows: new Map([["store:1", store]]), stamp: 1 }],
    ["user:1", { rows: new Map([["me", me]]), stamp: 1 }],
  ]);
}
