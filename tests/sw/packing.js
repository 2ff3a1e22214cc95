/** Packs rows into the pieces of a snapshot as `sync/PROTOCOL.md` tells it: what a pretend hub offers. Plainly, and not small. */

const FINE = 3;
const FINE_OF_LARGE = 2;

class Piece {
  columns = [];
  plain = [];
  dense = [];

  constructor(noun, rows) {
    this.head = { format: 1, noun, rows };
  }

  add(name, values) {
    this.columns.push([name, this.numbers(values)]);
  }

  numbers(values) {
    if (new Set(values).size < 2) return { n: values.length, same: values[0] ?? 0 };
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const fine = most - least < 2 ** 32 ? FINE : FINE_OF_LARGE;
    const open = [];
    for (const value of values) this.plain.push(marked(value - least, fine, open));
    const bytes = packedBits(open.join(""));
    this.dense.push(...bytes);
    return { n: values.length, how: "plain", first: values[0], least, most, fine, bits: bytes.length };
  }

  texts(name, texts, words) {
    const split = texts.map((text) => (text === "" ? [] : text.split(" ")));
    const counts = this.numbers(split.map((each) => each.length));
    const numbers = this.numbers(split.flat().map((word) => words.indexOf(word) + 1));
    this.columns.push([name, { n: texts.length, counts, words: numbers }]);
  }

  words(words) {
    const text = Buffer.from(words.join(" "));
    this.columns.push(["words", { n: words.length, text: text.length }]);
    this.plain.push(...text);
  }

  written() {
    const head = Buffer.from(JSON.stringify({ ...this.head, plain: this.plain.length, columns: this.columns }));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(head.length);
    return new Uint8Array(Buffer.concat([size, head, Buffer.from(this.plain), Buffer.from(this.dense)]));
  }
}

function marked(code, fine, open) {
  if (code < 2 << fine) return code;
  let bits = 1;
  while (Math.floor(code / 2 ** bits) >= 2 << fine) bits += 1;
  open.push((code % 2 ** bits).toString(2).padStart(bits, "0"));
  return (2 << fine) + ((bits - 1) << fine) + Math.floor(code / 2 ** bits) - (1 << fine);
}

function packedBits(text) {
  return Array.from({ length: Math.ceil(text.length / 8) }, (_, at) =>
    Number.parseInt(text.slice(at * 8, at * 8 + 8).padEnd(8, "0"), 2),
  );
}

/**
 * @param {string} bucket @param {[string, {version: number, row: any}][]} rows @param {number} rowsAPiece
 * @returns {Uint8Array[]}
 */
export function packedPieces(bucket, rows, rowsAPiece) {
  const parts = Array.from({ length: Math.ceil(rows.length / rowsAPiece) }, (_, at) =>
    rows.slice(at * rowsAPiece, (at + 1) * rowsAPiece),
  );
  if (bucket.startsWith("stock:")) return parts.map(stockPiece);
  const words = [...new Set(rows.flatMap(([, { row }]) => textsOf(row).flatMap((text) => text.split(" "))))];
  const shared = new Piece("words", 0);
  shared.words(words);
  return [shared.written(), ...parts.map((part) => goodsPiece(part, words))];
}

function textsOf({ sku, name_en, name_zh, brand, unit, sort_zh }) {
  return [sku, name_en, name_zh, brand, unit, sort_zh];
}

function stockPiece(rows) {
  const piece = new Piece("stock", rows.length);
  const sorted = [...rows].sort(([one], [other]) => Number(one) - Number(other));
  piece.add(
    "id",
    sorted.map(([key]) => Number(key)),
  );
  piece.add(
    "version",
    sorted.map(([, { version }]) => version),
  );
  for (const name of ["on_hand", "reserved", "in_transit_in", "in_transit_out"]) {
    piece.add(
      name,
      sorted.map(([, { row }]) => row[name]),
    );
  }
  return piece.written();
}

function goodsPiece(rows, words) {
  const piece = new Piece("catalogue", rows.length);
  const items = rows.map(([, { row }]) => row);
  const each = (name, of) => piece.add(name, items.map(of));
  const texts = (name) =>
    piece.texts(
      name,
      items.map((item) => item[name]),
      words,
    );
  each("id", (item) => item.id);
  piece.add(
    "version",
    rows.map(([, { version }]) => version),
  );
  barcodes(piece, items);
  const skus = [...new Set(items.map((item) => item.sku))];
  piece.texts("sku_stems", skus, words);
  each("sku_stem", (item) => skus.indexOf(item.sku) + 1);
  each("sku_digits", () => 0);
  each("sku_number", () => 0);
  texts("name_en");
  texts("name_zh");
  for (const name of ["brand", "unit"]) {
    const list = [...new Set(items.map((item) => item[name]))];
    piece.texts(`${name}s`, list, words);
    each(name, (item) => list.indexOf(item[name]));
  }
  each("price_cents", (item) => item.price_cents);
  each("flags", ({ lot, expiry, archived }) => Number(lot) + 2 * Number(expiry) + 4 * Number(archived));
  each("into", (item) => item.into ?? 0);
  each("is_sorted", () => 1);
  texts("sort_zh");
  piece.words([]);
  return piece.written();
}

function barcodes(piece, items) {
  const gtins = items.map((item) => item.gtins.map((gtin) => Math.floor(Number(gtin) / 10)));
  const coded = gtins.filter((list) => list.length > 0);
  const all = items.flatMap((item) => item.gtins);
  piece.add(
    "gtin_count",
    gtins.map((list) => list.length),
  );
  piece.add(
    "gtin",
    coded.map((list) => list[0]),
  );
  piece.add(
    "gtin_more",
    coded.flatMap((list) => list.slice(1).map((gtin) => gtin - list[0])),
  );
  piece.add(
    "gtin_odd",
    all.map((_, at) => at),
  );
  piece.add(
    "gtin_odd_digit",
    all.map((gtin) => Number(gtin.at(-1))),
  );
}
