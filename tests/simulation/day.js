/** Waves of work in changing weather: who does what, what breaks, who comes and goes. */

import { act } from "./staff.js";

/** @typedef {import("./device.js").Device} Device */
/** @typedef {import("./world.js").World} World */

const WEATHER = { fine: 4, rough: 4, awful: 2, offline: 2 };
/** @type {Record<string, number>} */
const ROUGHNESS = { fine: 0, rough: 0.25, awful: 0.6, offline: 1 };
const EVENTS = {
  nothing: 10,
  "hub killed": 2,
  "clock jumped": 1,
  "session lost": 1,
  "somebody else here": 3,
  "twin worker": 2,
  "phone set aside": 3,
  "phone came back": 1,
};
const SHARED = ["bo", "cleo"];

/**
 * One wave: each phone's person does a few things while the weather is as it is, and then perhaps something befalls one.
 * @param {World} world @param {Device[]} devices @param {import("./chance.js").Chance} chance
 */
export async function wave(world, devices, chance) {
  const event = chance.weighed(EVENTS);
  if (event !== "nothing") world.count(event);
  if (event === "clock jumped") chance.pick(devices).skew_ms = chance.whole(-900_000, 900_000);
  if (event === "session lost") delete chance.pick(devices).line.cookies.session;
  if (event === "phone set aside") for (const device of devices) if (chance.happens(0.3)) await device.setAside();
  if (event === "phone came back") for (const device of devices) await device.restore();
  if (event === "somebody else here") await changeHands(devices[0], chance);
  const down = event === "hub killed" ? killHub(world, chance.whole(0, 60)) : null;
  const twins = event === "twin worker" ? [chance.pick(devices)] : [];
  await Promise.all(devices.map((device) => shift(device, twins.includes(device))));
  await down;
  if (down) {
    await Promise.all(devices.map((device) => device.chance.happens(0.5) && shift(device, false)));
    await world.ask("start");
  }
}

/** @param {World} world @param {number} after_ms */
async function killHub(world, after_ms) {
  await new Promise((resolve) => setTimeout(resolve, after_ms));
  await world.ask("kill");
}

/** @param {Device} device @param {boolean} twin whether a second worker wakes beside the first */
async function shift(device, twin) {
  const { chance, world } = device;
  const weather = chance.weighed(WEATHER);
  device.line.roughness = ROUGHNESS[weather];
  device.hurry = weather === "fine" ? 1 : 10;
  world.count(`shifts, weather ${weather}`);
  const before = device.phone;
  if (twin) device.start();
  if (chance.happens(0.25)) device.life.endAfter(chance.whole(1, 60), chance.happens(0.5));
  const { life } = device;
  const survived = await device.survives(async () => {
    for (let deeds = chance.whole(2, 9); deeds > 0 && !life.ended; deeds -= 1) {
      await act(device);
      if (twin) before.engine.run().catch((error) => world.report(error, device.life));
      if (chance.happens(0.5)) await device.phone.engine.idle();
    }
    await device.phone.engine.idle();
  });
  await (twin ? Promise.allSettled([before.engine.idle()]) : device.idle());
  device.life.endAfter(Number.POSITIVE_INFINITY, false);
  if (!survived) world.count("worker killed");
  // What the first of two workers pulled, the second sees after its own next pull, or when it begins anew.
  if (twin) device.kill();
  await device.revive();
}

/** The shared handheld goes to the other one of two; sometimes the page after the sign-in never comes. @param {Device} device @param {import("./chance.js").Chance} chance */
async function changeHands(device, chance) {
  const next = SHARED.find((username) => username !== device.username) ?? SHARED[0];
  device.line.roughness = 0;
  if (device.username !== null && chance.happens(0.5)) await device.signOut();
  if (chance.happens(0.8)) await device.signIn(next, chance.happens(0.8));
}
