/** A real worker is killed somewhere in a chapter; then phone and hub are held against each other. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { shown } from "../../sync/checksum.js";
import { rowsOf } from "../browser/books.js";
import { freePort } from "../browser/hub.js";
import { openLine } from "../browser/line.js";
import { PASSWORDS } from "../browser/staff.js";
import { chapters, INSTALLATION } from "./browser_chapters.js";
import { Colleague } from "./colleague.js";
import { deeds } from "./day.js";
import { MortalHandheld, openMarkedHub } from "./handheld.js";
import { RoughRoad } from "./rough_road.js";

const AT_REST_WITHIN_MS = 30_000;

/** The worker is dead: nothing more of the chapter happens. */
class Killed extends Error {}

export class Day {
  /** Where the worker is to die; 0 for nowhere. */
  point = 0;
  #news = 0;

  /** @param {string} top of the marked checkout @param {any} hub @param {RoughRoad} road @param {any} line */
  constructor(top, hub, road, line) {
    this.top = top;
    this.hub = hub;
    this.road = road;
    this.line = line;
    this.handheld = new MortalHandheld(line.address);
    this.colleague = new Colleague(hub);
    /** What the forms of this round are about. */
    this.work = { ids: [""], item: 4, person: this.personOf("ada"), username: "ada", password: PASSWORDS.ada };
  }

  /** A hub, the way to it, and a phone on which somebody has signed in. @param {string} top of the marked checkout */
  static async begin(top) {
    const hub = await openMarkedHub(top, await freePort());
    const road = await RoughRoad.to(hub);
    const day = new Day(top, hub, road, await openLine(/** @type {any} */ (road)));
    await day.handheld.start();
    await day.handheld.install();
    await day.prepare("signIn");
    await day.prepare("arrive");
    return day;
  }

  async end() {
    await this.handheld.throwAway();
    await this.line.cut();
    await this.road.close();
    await this.hub.close();
  }

  /** Lives through a chapter, and dies at a point. Whether it died, and what was reached. @param {string} title @param {number} point */
  async live(title, point) {
    const { prepares, lives, ends } = chapters[title];
    this.point = point;
    this.work = { ...this.work, ids: [randomUUID(), randomUUID()] };
    await this.handheld.stop();
    this.handheld.saved = [];
    await prepares?.(this);
    await this.handheld.stop();
    let died = false;
    /** @type {number[]} */
    let reached = [];
    try {
      if (title !== INSTALLATION) await this.does("befall", { how: ["arm", point] });
      await lives(this);
      reached = (await this.does("befall", { how: ["arm", 0] })).reached;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      died = true;
    }
    await this.#recover(died);
    await ends?.(this);
    await this.compare();
    return { died, reached };
  }

  /** A phone that works, on a line that does. @param {boolean} died */
  async #recover(died) {
    this.road.smooth();
    if (!this.line.isOpen) await this.line.mend();
    if (died) await this.handheld.crash();
    else await this.handheld.stop();
    await this.handheld.install();
  }

  /** Something is done in the page, and the worker may die of it. @param {string} name @param {Record<string, any>} given */
  async does(name, given = {}) {
    const { died, told } = await this.handheld.run(deeds[name], { ...this.work, ...given });
    if (died) throw new Killed();
    return told;
  }

  /** The same, while it cannot die. @param {string} name @param {Record<string, any>} given */
  async prepare(name, given = {}) {
    await this.handheld.page.evaluate(deeds[name], { ...this.work, ...given });
  }

  async saveOffline() {
    await this.line.cut();
    await this.prepare("record");
    await this.handheld.stop();
    await this.line.mend();
  }

  /** Somebody else changes an item. */
  async news() {
    this.#news += 1;
    const round = Math.floor(this.#news / 100);
    await this.colleague.changes(10 + (this.#news % 100), round % 2 === 0 ? "archive" : "restore");
  }

  async startHub() {
    await this.hub.start(this.top);
  }

  /** @param {string} username @returns {number} */
  personOf(username) {
    return rowsOf(this.hub, "SELECT id FROM people WHERE username = ?", username)[0].id;
  }

  /** How the phone stands once it has nothing left to do, or when that takes too long. */
  async #atRest() {
    const until = Date.now() + AT_REST_WITHIN_MS;
    for (;;) {
      await this.prepare("wake");
      const { standing } = await this.handheld.ask("standing");
      const rests = standing.waiting === 0 && standing.complete && !standing.doubts;
      if (rests || Date.now() > until) return standing;
    }
  }

  /** A new worker does what it can; then hub and phone say the same. */
  async compare() {
    await this.prepare("arrive");
    const standing = await this.#atRest();
    const { waiting, complete, doubts, person } = standing;
    assert.deepEqual([waiting, complete, doubts, person], [0, true, false, this.work.person]);
    const rows = rowsOf(this.hub, "SELECT name, epoch, head, sum_a, sum_b FROM buckets");
    const buckets = new Map(rows.map((row) => [row.name, [row.epoch, row.head, shown(row.sum_a, row.sum_b)]]));
    for (const [name, { epoch, seq, sum }] of Object.entries(standing.cursors)) {
      assert.deepEqual([epoch, seq, sum], buckets.get(name), name);
    }
    await this.handheld.gather();
    const { saved } = this.handheld;
    const ids = [...new Set([...saved, ...this.work.ids])];
    const asked = ids.map(() => "?").join();
    const entries = "SELECT count(*) FROM ledger WHERE ledger.operation_id = outcomes.operation_id";
    const query = `SELECT operation_id id, status, (${entries}) times FROM outcomes WHERE operation_id IN (${asked}) AND NOT repeats`;
    const booked = rowsOf(this.hub, query, ...ids);
    for (const id of saved) assert.equal(booked.filter((row) => row.id === id).length, 1, `${id} is lost or doubled`);
    for (const { status, times } of booked)
      assert.equal(times, status === "applied" ? 1 : 0, `${status}, ${times} entries`);
  }
}
