/**
 * Who is here: the person whose replica is shown and in whose name forms are signed.
 *
 * Only a page that has just come from the hub may say so, or the hub's answer to a pull. Everybody's outbox and replica
 * stay on the phone when somebody else signs in or nobody is here.
 */

import { Replica } from "./replica.js";
import { importKey } from "./signing.js";

const PATIENCE_MS = 8_000;

export class Who {
  /** @type {number | null} */
  person = null;
  /** @type {Replica | null} */
  replica = null;
  /** @type {CryptoKey | null} */
  key = null;
  /** Grows when the person changes: what was asked before is not for the one who is here now. */
  turn = 0;
  /** Changes happen one after the other. @type {Promise<unknown>} */
  #changes = Promise.resolve();

  /** @param {import("./surroundings.js").Surroundings} world @param {import("./outbox.js").Outbox} outbox @param {import("./hub.js").Hub} hub */
  constructor(world, outbox, hub) {
    this.world = world;
    this.outbox = outbox;
    this.hub = hub;
  }

  /** As it was when the worker was last alive. @param {Promise<Record<string, any>>} settings of the outbox */
  remember(settings) {
    return this.#after(async () => {
      const { person = null } = await settings;
      if (person !== null) await this.#open(person);
    });
  }

  /** Done when every change that was announced so far has happened: before that nobody is shown anything. */
  async settled() {
    await this.#changes;
  }

  /** @param {number} person */
  become(person) {
    return this.#after(async () => {
      if (person === this.person) return;
      // First of all nobody is here: a phone that cannot keep who is shall not go on showing the one before.
      await this.#leave();
      await this.outbox.keep("person", person);
      await this.#open(person);
    });
  }

  leave() {
    return this.#after(async () => {
      await this.#leave();
      await this.outbox.keep("person", null);
    });
  }

  /** Fetches the key by which this person signs here; without network the one we have stays. */
  async fetchKey() {
    const { turn, person } = this;
    if (person === null) return;
    const { status, body } = await this.hub.ask("/sync/key", null, PATIENCE_MS);
    // The hub may speak of somebody else who has signed in meanwhile.
    if (status !== 200 || body.person !== person || turn !== this.turn) return;
    const key = await importKey(this.world.subtle, body.key);
    await this.outbox.keepKey(person, key);
    if (turn === this.turn) this.key = key;
  }

  /** @param {number} person */
  async #open(person) {
    const replica = new Replica(this.world, person);
    const [key] = await Promise.all([this.outbox.key(person), replica.load()]);
    this.turn += 1;
    this.person = person;
    this.replica = replica;
    this.key = key;
  }

  async #leave() {
    const left = this.replica;
    this.turn += 1;
    this.person = null;
    this.replica = null;
    this.key = null;
    await left?.database.close();
  }

  /** @param {() => Promise<void>} change */
  async #after(change) {
    const before = this.#changes;
    const changed = before.then(change);
    this.#changes = Promise.allSettled([changed]);
    await changed;
  }
}
