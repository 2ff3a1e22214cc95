/**
 * A hub in memory that speaks `sync/PROTOCOL.md`: what phones are tested against where the real one is not needed.
 *
 * It books what it is told by the projection alone and asks for no rights; `refuse` names operations it shall refuse.
 */

import { createHmac, randomUUID } from "node:crypto";
import { rowSum, shown } from "../../sync/checksum.js";
import { isUuid, problems, signingText } from "../../sync/operations.js";
import { adjustEffects, stockEffects, transferAfter } from "../../sync/projection.js";
import { packedPieces } from "./packing.js";

const FIGURES = { on_hand: 0, reserved: 0, in_transit_in: 0, in_transit_out: 0 };

export class PretendHub {
  buckets = new Map();
  clients = new Map();
  booked = new Map();
  /** Who is signed in, as the cookie would say; null: nobody. */
  session = null;
  rowsAtMost = 4000;
  now = () => Date.now();
  /** Ids of operations that arrived with a wrong signature. */
  forged = [];
  /** Ids that this hub cannot read. */
  unreadable = new Set();
  refuse = new Map();
  secret = "the hub's own";
  /** Ids that this hub parks. */
  breaks = new Set();
  /** Goods and stock with so many rows come as a snapshot. */
  snapshotsFrom = Number.POSITIVE_INFINITY;
  rowsAPiece = 8;
  /** By bucket; a test may let them go. @type {Map<string, any>} */
  snapshots = new Map();
  /** How often a phone is told that a snapshot is still being made. */
  waits = 0;
  /** Whose goods are shown. @type {number | null} */
  home = null;

  /** Who may hold which buckets. @param {Record<number, string[]>} shelves */
  constructor(shelves) {
    this.shelves = shelves;
  }

  keyOf(person) {
    return createHmac("sha256", this.secret).update(String(person)).digest();
  }

  put(bucketId, key, row) {
    const bucket = this.bucket(bucketId);
    bucket.head += 1;
    const version = (bucket.rows.get(key)?.version ?? 0) + 1;
    bucket.rows.set(key, { seq: bucket.head, version, row: structuredClone(row), gone: false });
  }

  remove(bucketId, key) {
    const bucket = this.bucket(bucketId);
    bucket.head += 1;
    const version = bucket.rows.get(key).version + 1;
    bucket.rows.set(key, { seq: bucket.head, version, row: null, gone: true });
  }

  row(bucketId, key) {
    return this.buckets.get(bucketId)?.rows.get(key)?.row ?? null;
  }

  bucket(id) {
    if (!this.buckets.has(id)) this.buckets.set(id, { epoch: randomUUID(), head: 0, rows: new Map() });
    return this.buckets.get(id);
  }

  sumOf(id) {
    let [a, b] = [0, 0];
    for (const [key, { version, gone }] of this.bucket(id).rows) {
      if (gone) continue;
      const [one, other] = rowSum(key, version);
      a ^= one;
      b ^= other;
    }
    return shown(a, b);
  }

  heads() {
    return Object.fromEntries([...this.buckets].map(([id, { head }]) => [id, head]));
  }

  /** @param {string} path @param {RequestInit} init */
  answer(path, init) {
    if (this.session === null) return json({ code: "signed_out" }, 401);
    if (path === "/sync/key") {
      return json({ person: this.session, key: this.keyOf(this.session).toString("base64") });
    }
    if (path.startsWith("/sync/snapshots/")) return this.piece(path);
    const body = JSON.parse(String(init.body));
    return path === "/sync/push" ? this.push(body) : this.pull(body);
  }

  push({ client: id, ops }) {
    const bad = ops.findIndex((op) => this.unreadable.has(op.id) && op.kind !== "void");
    if (bad >= 0 || !isUuid(id) || ops.length > 200) return json({ code: "malformed", at: bad }, 400);
    const client = this.clients.get(id) ?? [];
    this.clients.set(id, client);
    const results = [];
    for (const op of ops) {
      const stored = client[op.n - 1];
      if (op.n > client.length + 1) return json({ code: "gap", expected: client.length + 1 }, 409);
      if (stored && stored.id !== op.id) return json({ code: "forked", last_n: client.length }, 409);
      if (!stored) client.push(this.book(op));
      results.push(client[op.n - 1]);
    }
    return json({ results, last_n: client.length, now: this.now() });
  }

  book(op) {
    const known = this.booked.get(op.id);
    if (known) return { ...known, n: op.n, status: known.status === "applied" ? "already" : known.status };
    const mac = createHmac("sha256", this.keyOf(op.by)).update(signingText(op)).digest("base64");
    if (mac !== op.mac) this.forged.push(op.id);
    if (this.breaks.has(op.id)) return this.tell(op, "parked", "unexpected");
    const code = this.refuse.get(op.id) ?? problems(op.kind, op.v, op.args)[0]?.code ?? this.effect(op);
    return this.tell(op, code ? "refused" : op.kind === "void" ? "void" : "applied", code || null);
  }

  tell(op, status, code) {
    const result = { n: op.n, id: op.id, status, code, params: {}, review: false };
    const { id, kind, args, at } = op;
    const row = { id, kind, args, at, ...result, now: null, booked_at: this.now() };
    if (kind !== "void") this.put(`user:${op.by}`, `outcome:${id}`, row);
    const booked = { ...result, heads: this.heads() };
    this.booked.set(op.id, booked);
    return booked;
  }

  /** What was parked is taken up again. @param {any} op */
  retry(op) {
    this.effect(op);
    this.tell(op, "applied", null);
  }

  effect(op) {
    if (op.kind === "stock.adjust") this.move(adjustEffects(op.args));
    else if (op.kind === "person.prefer") {
      this.put(`user:${op.by}`, "me", { ...this.row(`user:${op.by}`, "me"), ...op.args });
    } else if (op.kind.startsWith("transfer.")) return this.transferred(op);
    return "";
  }

  transferred(op) {
    const id = op.args.transfer ?? op.id;
    const before = [...this.buckets.values()].map(({ rows }) => rows.get(`transfer:${id}`)?.row).find(Boolean) ?? null;
    if (op.kind !== "transfer.request" && before === null) return "transfer_unknown";
    if (op.args.from_state && op.args.from_state !== before.state) return "state_changed";
    const name = this.row(`user:${op.by}`, "me").name;
    const after = transferAfter(before, { ...op, name }, (item) => this.row("catalogue:1", String(item)));
    for (const store of [after.from, after.to]) this.put(`work:${store}`, `transfer:${id}`, after);
    this.move(stockEffects(before, after));
    return "";
  }

  move(effects) {
    for (const { store, item, ...deltas } of effects) {
      const row = { ...FIGURES, ...this.row(`stock:${store}`, String(item)) };
      for (const name of Object.keys(FIGURES)) row[name] += deltas[name];
      this.put(`stock:${store}`, String(item), row);
    }
  }

  pull({ cursors, client, schema, packed, lean }) {
    if (schema !== 1) return json({ code: "schema_too_old" }, 426);
    const home = `stock:${this.row(`user:${this.session}`, "me")?.store}`;
    const fits = (id) => !lean || !id.startsWith("stock:") || id === home;
    const mine = (this.shelves[this.session] ?? []).filter(fits);
    let left = this.rowsAtMost;
    let more = false;
    const buckets = [];
    for (const id of mine.filter((one) => this.buckets.has(one))) {
      /** @type {any} */
      const part = this.part(id, cursors[id], left, packed?.includes(1));
      if (part === null) continue;
      if (left <= 0) more = true;
      else {
        buckets.push(part);
        left -= part.puts.length + part.gone.length;
        more ||= !part.snapshot?.pieces && part.to < this.bucket(id).head;
      }
    }
    const drop = Object.keys(cursors).filter((id) => !mine.includes(id));
    const last_n = this.clients.get(client)?.length ?? 0;
    more ||= buckets.some(({ snapshot }) => snapshot?.wait_ms);
    return json({ person: this.session, buckets, drop, more, now: this.now(), last_n, home: this.home });
  }

  piece(path) {
    const [bucket, cut, name] = path.split("/").slice(3);
    const snapshot = this.snapshots.get(bucket);
    if (!this.shelves[this.session]?.includes(bucket)) return json({ code: "not_yours" }, 404);
    if (`${snapshot?.epoch}-${snapshot?.seq}` !== cut) return json({ code: "gone" }, 404);
    return new Response(snapshot.bytes.get(name), { headers: { "content-type": "application/octet-stream" } });
  }

  /** Made once, of what there is now. @param {string} id */
  snapshot(id) {
    const { epoch, head, rows } = this.bucket(id);
    const known = this.snapshots.get(id);
    if (known?.epoch === epoch) return known;
    const live = [...rows].filter(([, { gone }]) => !gone);
    const bytes = new Map(packedPieces(id, live, this.rowsAPiece).map((piece, at) => [`p${at}`, piece]));
    const words = id.startsWith("catalogue:") ? 1 : 0;
    const pieces = [...bytes].map(([name, piece], at) => {
      const rows_here = Math.min(this.rowsAPiece, live.length - (at - words) * this.rowsAPiece);
      return { name, bytes: piece.length, size: piece.length, rows: at < words ? 0 : rows_here };
    });
    const made = { epoch, seq: head, sum: this.sumOf(id), rows: live.length, pieces, bytes };
    this.snapshots.set(id, made);
    return made;
  }

  /** @param {string} id */
  offer(id) {
    const { epoch } = this.bucket(id);
    if (this.waits > 0) {
      this.waits -= 1;
      return { id, epoch, from: 0, to: 0, sum: "", puts: [], gone: [], reset: true, snapshot: { wait_ms: 10 } };
    }
    const { seq, sum, rows, pieces } = this.snapshot(id);
    const bytes = pieces.reduce((total, piece) => total + piece.bytes, 0);
    const snapshot = { format: 1, seq, sum, rows, bytes, pieces };
    return { id, epoch, from: 0, to: seq, sum, puts: [], gone: [], reset: true, snapshot };
  }

  part(id, cursor, limit, isPacked = false) {
    const { epoch, head, rows } = this.bucket(id);
    const sum = this.sumOf(id);
    if (cursor?.epoch === epoch && cursor.seq === head && cursor.sum === sum) return null;
    const goesOn = cursor?.epoch === epoch && cursor.seq < head;
    const isGoods = id.startsWith("catalogue:") || id.startsWith("stock:");
    if (!goesOn && isPacked && isGoods && rows.size >= this.snapshotsFrom) return this.offer(id);
    const from = goesOn ? cursor.seq : 0;
    const due = [...rows].filter(([, row]) => row.seq > from && (goesOn || !row.gone));
    const listed = due.sort(([, one], [, other]) => one.seq - other.seq).slice(0, Math.max(limit, 0));
    const puts = listed.filter(([, { gone }]) => !gone).map(([key, { version, row }]) => [key, version, row]);
    const gone = listed.filter(([, row]) => row.gone).map(([key, { version }]) => [key, version]);
    const to = listed.length < due.length ? (listed.at(-1)?.[1].seq ?? from) : head;
    return { id, epoch, from, to, sum, puts, gone, ...(goesOn ? {} : { reset: true }) };
  }
}

/** @param {unknown} body @param {number} status */
export function json(body, status = 200) {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}
