/** Several people of a chain at once, each with a phone of their own, on a line of its own. */

import { Handheld } from "./handheld.js";
import { openLine } from "./line.js";
import { signIn, stateOf } from "./staff.js";

/** @typedef {{ page: import("puppeteer-core").Page, line: import("./line.js").Line, handheld: Handheld }} Colleague */

/** @param {import("./hub.js").Hub} hub @param {string} name @returns {Promise<Colleague>} */
export async function begins(hub, name) {
  const handheld = new Handheld();
  const line = await openLine(hub);
  const page = await handheld.start();
  await signIn(page, line.address, name);
  return { page, line, handheld };
}

/** @param {Colleague} who */
export async function comesBack({ page, line }) {
  await line.mend();
  await stateOf(page, { waiting: 0, live: true });
}

/** @param {Colleague} who */
export async function goesHome({ handheld, line }) {
  await handheld.throwAway();
  await line.cut();
}
