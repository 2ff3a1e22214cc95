/**
 * A day of several phones, from one seed: waves of work and faults, and a quiet point now and then where everything is
 * compared. Driven by `hub.py`, which keeps the hub; its one argument says what is to be done.
 */

import { comparePages } from "../same_page/compare.js";
import { Chance } from "./chance.js";
import { wave } from "./day.js";
import { Device, isDeath } from "./device.js";
import { calm, holdsTheTruth, showsEverySavedOperation } from "./quiet.js";
import { releasedCode, World } from "./world.js";

const told = JSON.parse(process.argv[2]);
process.on("unhandledRejection", (error) => {
  if (!isDeath(error)) throw error;
});

const world = new World(told, await releasedCode(told.release));
const chance = new Chance(String(told.seed));
// The first one is the handheld that two people share.
const devices = ["handheld", ...told.holders].map(
  (name, place) => new Device(name, world, chance.branch(`${place} ${name}`)),
);
try {
  await day();
  await world.ask("done", { counted: world.counted, operations: world.saved.size });
} catch (error) {
  const { stack, message } = /** @type {Error} */ (error);
  await world.ask("done", { counted: world.counted, failed: String(stack ?? message).slice(0, 6000) });
}
process.exit(0);

async function day() {
  for (const device of devices) {
    device.skew_ms = chance.whole(-120_000, 120_000);
    await device.signIn(device === devices[0] ? "bo" : device.name.split(" ")[0]);
  }
  for (let quarter = 1; quarter <= told.quarters; quarter += 1) {
    for (let waves = 0; waves < told.waves; waves += 1) {
      await wave(world, devices, chance);
      for (const device of devices) await showsEverySavedOperation(device, false);
    }
    await quiet(quarter === told.quarters);
    if (quarter < told.quarters) await world.ask("roles", { quarter });
  }
}

/** @param {boolean} last */
async function quiet(last) {
  // Her role ends by itself; from then on nothing more does.
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, told.jo_leaves_at + 200 - Date.now())));
  await calm(world, devices, "bo");
  if (world.reported.length > 0) throw world.reported[0];
  for (const device of devices) await holdsTheTruth(device);
  await world.ask("examine", { saved: [...world.saved.keys()], perhaps: [...world.perhaps] });
  world.count("quiet points");
  for (const device of devices) await showsEverySavedOperation(device, true);
  if (told.pages > 0) await comparePages(world, devices, told.pages, last);
}
