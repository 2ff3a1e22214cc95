/** Where in a day a real worker is killed, and how phone and hub are held against each other afterwards. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { shown } from "../../sync/checksum.js";
import { rowsOf } from "../browser/books.js";
import { deeds } from "./day.js";

const AT_REST_WITHIN_MS = 30_000;

/** @typedef {{before: (day: Day) => Promise<void>, deeds: string[]}} Chapter */

/** Each begins with a worker that has just been started. @type {Record<string, Chapter>} */
export const chapters = {
  "a first download": { before: (day) => day.forget(), deeds: ["arrive"] },
  "work without a network": { before: (day) => day.line.cut(), deeds: ["record", "withdraw", "wake"] },
  "work is sent": { before: (day) => day.saveOffline(), deeds: ["wake"] },
  "a clone has used the numbers": { before: (day) => day.beCloned(), deeds: ["wake"] },
  "work with a network": { before: async () => undefined, deeds: ["record"] },
  "other hands": { before: async () => undefined, deeds: ["changeHands"] },
};

export class Day {
  /** What the form of this round is about. */
  work = { ids: [""], item: 4, person: 0 };

  /** @param {import("./handheld.js").MortalHandheld} handheld @param {any} hub @param {any} line @param {number} person */
  constructor(handheld, hub, line, person) {
    this.handheld = handheld;
    this.hub = hub;
    this.line = line;
    this.work.person = person;
  }

  /** Lives through a chapter; dies at a point, 0 for nowhere. Whether it died, and what was reached. @param {string} title @param {number} point */
  async live(title, point) {
    this.work = { ...this.work, ids: [randomUUID(), randomUUID()] };
    await this.handheld.page.evaluate(() => void globalThis.saved.splice(0));
    await this.handheld.kill();
    await chapters[title].before(this);
    await this.handheld.kill();
    await this.handheld.ask("arm", point);
    let died = false;
    for (const name of chapters[title].deeds) died ||= await this.handheld.run(deeds[name], this.work);
    const reached = died ? [] : (await this.handheld.ask("arm", 0)).reached;
    await this.handheld.kill();
    if (!this.line.isOpen) await this.line.mend();
    await this.compare();
    return { died, reached };
  }

  async forget() {
    await this.handheld.page.evaluate(async () => {
      for (const { name = "" } of await indexedDB.databases()) {
        if (!/replica/.test(name)) continue;
        const request = indexedDB.deleteDatabase(name);
        await new Promise((resolve) => Object.assign(request, { onsuccess: resolve, onerror: resolve }));
      }
    });
  }

  async saveOffline() {
    await this.line.cut();
    await this.handheld.page.evaluate(deeds.record, this.work);
    await this.handheld.kill();
    await this.line.mend();
  }

  async beCloned() {
    await this.saveOffline();
    await this.handheld.page.evaluate(deeds.clone, this.work);
  }

  /** A new worker does what it can; then hub and phone say the same. */
  /** How the phone stands once it has nothing left to do, or when that takes too long. */
  async #atRest() {
    const until = Date.now() + AT_REST_WITHIN_MS;
    for (;;) {
      await this.handheld.page.evaluate(deeds.wake);
      const { standing } = await this.handheld.ask("standing");
      const rests = standing.waiting === 0 && standing.complete && !standing.doubts;
      if (rests || Date.now() > until) return standing;
    }
  }

  async compare() {
    const { page } = this.handheld;
    await page.evaluate(deeds.arrive, this.work);
    const standing = await this.#atRest();
    assert.deepEqual([standing.waiting, standing.complete, standing.doubts], [0, true, false]);
    const rows = rowsOf(this.hub, "SELECT name, epoch, head, sum_a, sum_b FROM buckets");
    const buckets = new Map(rows.map((row) => [row.name, [row.epoch, row.head, shown(row.sum_a, row.sum_b)]]));
    for (const [name, { epoch, seq, sum }] of Object.entries(standing.cursors)) {
      assert.deepEqual([epoch, seq, sum], buckets.get(name), name);
    }
    const saved = await page.evaluate(() => globalThis.saved);
    const asked = this.work.ids.map(() => "?").join();
    const entries = "SELECT count(*) FROM ledger WHERE ledger.operation_id = outcomes.operation_id";
    const query = `SELECT operation_id id, status, (${entries}) times FROM outcomes WHERE operation_id IN (${asked}) AND NOT repeats`;
    const booked = rowsOf(this.hub, query, ...this.work.ids);
    for (const id of saved) assert.equal(booked.filter((row) => row.id === id).length, 1, `${id} is lost or doubled`);
    for (const { status, times } of booked)
      assert.equal(times, status === "applied" ? 1 : 0, `${status}, ${times} entries`);
  }
}
