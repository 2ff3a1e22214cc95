/** A phone on a pretend hub is killed at one `await`, begins anew, and is held against the hub. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { copyOf, restored } from "../simulation/backup.js";
import { chapters } from "./chapters.js";
import { Life } from "./life.js";

/** @typedef {{hub: any, databases: any, saved: import("./typing.js").Saved}} Page what stands when a chapter begins */

// What a worker may report: the hub of one chapter sends what does not add up.
const TOLD = /snapshot|no room/i;

const LAST = Object.keys(chapters).at(-1);

export class Book {
  /** What stood before each chapter. @type {Map<string, Page>} */
  pages = new Map();
  /** How often each chapter reached each point. @type {Map<string, Map<number, number>>} */
  reached = new Map();

  /** @param {any} shop the words of `small_shop.js` in the marked copy */
  constructor(shop) {
    this.shop = shop;
  }

  /** @param {string} folder of the marked copy */
  static async open(folder) {
    return new Book(await import(pathToFileURL(join(folder, "tests/sw/small_shop.js")).href));
  }

  /** Lives through everything once, and keeps what stood in between. */
  async read() {
    let page = { hub: kept(biggerShop(this.shop)), databases: [], saved: { tried: new Map(), done: new Set() } };
    for (const title of Object.keys(chapters)) {
      this.pages.set(title, page);
      const scene = await this.#open(page);
      await this.#live(scene, title);
      this.reached.set(title, scene.life.reached);
      if (title === LAST) scene.saved.done.clear();
      await this.#compare(scene, title);
      page = { hub: kept(scene.hub), databases: await copyOf(scene.factory), saved: scene.saved };
    }
  }

  /** Whether it got there, to be killed, and what was wrong afterwards. @param {string} title @param {number} point @param {number} time */
  async killedAt(title, point, time) {
    const scene = await this.#open(/** @type {Page} */ (this.pages.get(title)));
    scene.life.ending = { point, time };
    await Promise.race([this.#live(scene, title), scene.life.end]);
    // What was answered a month ago is let go.
    if (title === LAST) scene.saved.done.clear();
    const { over } = scene.life;
    if (over) await new Promise((resolve) => setTimeout(resolve, 2));
    const [{ reason }] = /** @type {any[]} */ (await Promise.allSettled([this.#compare(scene, "then")]));
    return { killed: over, difference: reason === undefined ? "" : String(reason.message ?? reason).slice(0, 300) };
  }

  /** @param {Page} page */
  async #open({ hub, databases, saved }) {
    const scene = {
      shop: this.shop,
      hub: Object.assign(this.shop.smallShop(), structuredClone(hub)),
      factory: await restored(databases),
      saved: { tried: new Map(saved.tried), done: new Set(saved.done) },
      clock: { skew_ms: 0 },
      life: new Life(),
    };
    return { ...scene, ...this.#worker(scene, scene.life) };
  }

  #worker({ hub, factory, clock }, life) {
    const report = (/** @type {any} */ error) => {
      if (!TOLD.test(error.message)) throw error;
    };
    const made = this.shop.phoneOf(hub, { indexedDB: life.databases(factory), clock, report });
    // The other worker's own life goes on.
    return { ...made, another: () => this.#worker({ hub, factory, clock }, new Life()).phone };
  }

  #live(scene, title) {
    return scene.life.live(() => chapters[title](scene));
  }

  /** Before anything is asked: no cursor is ahead of its rows, and what was saved is here, answered or not. */
  async #keptAll(phone, saved, when) {
    await phone.person();
    phone.replica?.cursors();
    assert.ok(!phone.replica?.doubts(), `${when}: a cursor is ahead of its rows`);
    for (const id of saved.done) assert.ok(await phone.outbox.has(id), `${when}: ${id} was saved and is not here`);
  }

  /** A new worker does what it can; then phone and hub must say the same. */
  async #compare(scene, when) {
    const { hub, shop, saved, clock } = scene;
    scene.phone.engine.stop();
    clock.skew_ms = 0;
    hub.session = shop.ADA;
    hub.rowsAtMost = 4000;
    hub.waits = 0;
    hub.snapshots.clear();
    for (let times = 0; times < 2; times += 1) {
      const life = new Life();
      const { phone } = this.#worker(scene, life);
      await life.live(async () => {
        await this.#keptAll(phone, saved, when);
        await phone.message({ type: "who", person: shop.ADA });
        await phone.engine.run();
        await phone.engine.run();
        assert.equal((await phone.state()).waiting, 0, `${when}: something waits`);
        assert.equal(await shop.onHand(phone), tea(hub, shop.HARBOUR), `${when}: shown on the phone`);
        for (const [bucket, cursor] of Object.entries(phone.replica.cursors())) {
          const { epoch, head } = hub.bucket(bucket);
          assert.deepEqual(plain(cursor), { epoch, seq: head, sum: hub.sumOf(bucket) }, `${when}: ${bucket}`);
        }
        assert.equal(phone.replica.doubts(), false, `${when}: doubts`);
      });
      phone.engine.stop();
    }
    const booked = [...hub.booked.values()].filter(({ id }) => saved.tried.has(id));
    for (const id of saved.done) assert.ok(hub.booked.has(id), `${when}: ${id} was saved and is lost`);
    const applied = booked.filter(({ status }) => status === "applied");
    const units = applied.reduce((sum, { id }) => sum + saved.tried.get(id), 20);
    const left = tea(hub, shop.HARBOUR) + tea(hub, shop.STATION);
    assert.equal(left, units, `${when}: booked twice, or not at all`);
    assert.deepEqual(hub.forged, [], when);
  }
}

/** @param {any} cursor */
const plain = ({ epoch, seq, sum }) => ({ epoch, seq, sum });

/** @param {any} hub @param {number} store */
const tea = (hub, store) => hub.row(`stock:${store}`, "100").on_hand;

/** Forty items more, so that goods and stock come as snapshots. @param {any} shop */
function biggerShop(shop) {
  const hub = shop.smallShop();
  for (let id = 200; id < 240; id += 1) {
    shop.item(hub, id, `Item ${id}`, id % 4 ? "" : `茶 ${id}`, `pin ${id}`, `0${id}00000000000`);
    const figures = { on_hand: id % 7, reserved: 0, in_transit_in: 0, in_transit_out: 0 };
    for (const store of [shop.HARBOUR, shop.STATION]) hub.put(`stock:${store}`, String(id), figures);
  }
  return Object.assign(hub, { snapshotsFrom: 20, home: shop.HARBOUR });
}

/** @param {any} hub */
function kept(hub) {
  return structuredClone(Object.fromEntries(Object.entries(hub).filter(([, value]) => typeof value !== "function")));
}
