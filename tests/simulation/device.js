/** One phone in somebody's hand: its databases, cookies and clock outlive its worker. */

import assert from "node:assert/strict";
import { IDBFactory } from "fake-indexeddb";
import { copyOf, restored } from "./backup.js";
import { Line } from "./line.js";
import { databasesFor, Killed, Life } from "./mortal.js";

/** What both ends give the forms of a page that is compared. */
export const SAME_ID = "5a3e0000-0000-4000-8000-00000000c0de";

const DYING_MS = 2_000;

export class Device {
  databases = new IDBFactory();
  /** The phone's clock is wrong by so much. */
  skew_ms = 0;
  /** Patience is short in rough weather, or a day would take a day. */
  hurry = 1;
  /** While pages are compared, both ends mint the same ids. */
  comparing = false;
  /** Username of who is signed in, as the hub knows; null for nobody. @type {string | null} */
  username = null;
  /** @type {import("./backup.js").DatabaseCopy[] | null} */
  #backup = null;

  /**
   * @param {string} name @param {import("./world.js").World} world the hub's address, people, code and tallies
   * @param {import("./chance.js").Chance} chance
   */
  constructor(name, world, chance) {
    this.name = name;
    this.world = world;
    this.chance = chance;
    this.line = new Line(world.address, chance.branch("line"), (fault) => world.count(fault));
    this.ids = chance.branch("ids");
    this.start();
  }

  /** A worker begins; an earlier one may still be at work on the same databases. */
  start() {
    const life = new Life();
    const { pages, render, release, createPhone } = this.world.code;
    this.life = life;
    this.phone = createPhone({
      indexedDB: databasesFor(this.databases, life),
      fetch: async (path, init) => {
        life.step();
        return await this.line.carry(path, init);
      },
      now: () => Date.now() + this.skew_ms,
      mint: () => (this.comparing ? SAME_ID : this.ids.uuid()),
      random: () => this.ids.next(),
      later: (delay_ms, work) => this.#later(delay_ms, work, life),
      visible: async () => false,
      // A small shop's goods are packed too, again and again.
      looseAtMost: 4,
      report: (error) => this.world.report(error, life),
      pages,
      render,
      release,
    });
  }

  /** @param {number} delay_ms @param {() => void} work @param {Life} life */
  #later(delay_ms, work, life) {
    const timer = setTimeout(() => life.ended || work(), delay_ms / this.hurry);
    timer.unref();
    return () => clearTimeout(timer);
  }

  kill() {
    this.life.end();
  }

  /** Until its worker has nothing under way, however that ended. */
  async idle() {
    await Promise.race([Promise.allSettled([this.phone.engine.idle()]), dead(this.life)]);
  }

  /** A new worker where the old one was killed. */
  async revive() {
    if (!this.life.ended) return;
    await this.idle();
    this.start();
  }

  /** @param {string} path @returns {Promise<Response | null>} */
  async get(path) {
    return await this.phone.handle(new Request(this.world.address + path));
  }

  /** @param {string} path @param {[string, string][]} fields @returns {Promise<Response | null>} */
  async post(path, fields) {
    const body = new URLSearchParams(fields);
    const headers = { "HX-Request": "true" };
    const request = new Request(this.world.address + path, { method: "POST", body, headers });
    if (this.isDesk && !this.comparing) return await this.#straight(request);
    const answer = await this.phone.handle(request);
    assert.ok(answer || !request.bodyUsed, `${path} was left to the network with its form read empty`);
    return answer;
  }

  async setAside() {
    this.#backup = await copyOf(this.databases);
  }

  /** The phone as it was when it was set aside; what was saved on it since may never have left it. */
  async restore() {
    if (this.#backup === null) return;
    this.kill();
    await this.idle();
    for (const [id, { on }] of this.world.saved) {
      if (on !== this.name) continue;
      this.world.saved.delete(id);
      this.world.perhaps.add(id);
    }
    this.databases = await restored(this.#backup);
    this.start();
    this.world.count("phone restored");
  }

  /** By the form, then by the page it leads to, which tells the worker. @param {string} username @param {boolean} pageComes */
  async signIn(username, pageComes = true) {
    const body = new URLSearchParams({ username, password: this.world.password });
    const answer = await this.line.send("/sign-in", { method: "POST", body, redirect: "manual" });
    assert.equal(answer.status, 303, `${username} could not sign in on ${this.name}: ${await answer.text()}`);
    this.username = username;
    if (pageComes) await this.phone.message({ type: "who", person: this.world.people[username] });
  }

  async signOut() {
    const answer = await this.line.send("/sign-out", { method: "POST", redirect: "manual" });
    assert.equal(answer.status, 303);
    this.username = null;
    await this.phone.message({ type: "nobody" });
  }

  /** Whether forms go straight to the hub, as in a browser that keeps no worker. */
  get isDesk() {
    return this.name.endsWith(" at a desk");
  }

  /** @param {Request} request @returns {Promise<Response | null>} */
  async #straight(request) {
    const headers = { "HX-Request": "true", "content-type": request.headers.get("content-type") ?? "" };
    const { pathname } = new URL(request.url);
    const body = await request.text();
    const [answer] = await Promise.allSettled([
      this.line.send(pathname, { method: "POST", headers, body, redirect: "manual" }),
    ]);
    // The hub was killed, or the session has run out: nobody says whether it was booked.
    if (answer.status === "rejected" || answer.value.headers.get("location")?.startsWith("/sign-in")) return null;
    return answer.value.status === 404 ? null : answer.value;
  }

  /** Runs work that the worker's death may end; whether it came to its end. @param {() => Promise<unknown>} work */
  async survives(work) {
    try {
      await Promise.race([work(), dead(this.life)]);
      return !this.life.ended;
    } catch (error) {
      if (this.life.ended && isDeath(error)) return false;
      throw error;
    }
  }
}

/**
 * A moment after the end: what was under way has come to its own end by then, or waits for a timer that died as well.
 * @param {Life} life
 */
async function dead(life) {
  await life.over;
  await new Promise((resolve) => setTimeout(resolve, DYING_MS));
}

/** A torn transaction says AbortError. @param {unknown} error */
export function isDeath(error) {
  return (
    error instanceof Killed || (error instanceof Error && /^(AbortError|TransactionInactiveError)$/.test(error.name))
  );
}
