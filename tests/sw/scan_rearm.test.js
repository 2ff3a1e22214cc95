import assert from "node:assert/strict";
import { test } from "node:test";
import { createRearm } from "../../web/scripts/scan_rearm.js";

const EAN = { code: "5012345678900", format: "ean_13" };
const QR = { code: "https://example.com/01/09506000134352", format: "qr_code" };
const LABEL = { code: "SHELF12", format: "code_39" };
const FRAME_MS = 66;

/**
 * Plays frames, each a list of sightings, at 15 frames a second; says what counted, in order.
 * @param {import("../../web/scripts/scan_rearm.js").Sighting[][]} frames
 * @param {ReturnType<typeof createRearm>} [rearm]
 */
function counted(frames, rearm = createRearm()) {
  return frames.flatMap((sightings, number) => rearm.frame(sightings, number * FRAME_MS));
}
const frames = (sightings, number) => Array.from({ length: number }, () => sightings);

test("a code held in view for long counts once", () => {
  assert.deepEqual(counted(frames([EAN], 300)), [EAN.code]);
});

test("a code that left and came back counts again", () => {
  assert.deepEqual(counted([...frames([EAN], 10), ...frames([], 12), ...frames([EAN], 10)]), [EAN.code, EAN.code]);
});

test("a code that the decoder drops for a few frames counts once", () => {
  const trembling = [...frames([EAN], 5), ...frames([], 4), ...frames([EAN], 5), ...frames([], 8), ...frames([EAN], 5)];
  assert.deepEqual(counted(trembling), [EAN.code]);
});

test("time that passed without frames is no proof that a code left", () => {
  const rearm = createRearm();
  for (const ms of [0, 66]) rearm.frame([EAN], ms);
  assert.deepEqual(rearm.frame([], 5000), []);
  assert.deepEqual([...rearm.frame([EAN], 5066), ...rearm.frame([EAN], 5132)], []);
});

test("two different codes follow each other at once", () => {
  const other = { code: "96385074", format: "ean_8" };
  assert.deepEqual(counted([...frames([EAN], 3), ...frames([other], 3)]), [EAN.code, other.code]);
});

test("one reading of a linear code is not believed", () => {
  const misread = { code: "5012345678917", format: "ean_13" };
  assert.deepEqual(counted([[EAN], [misread], [EAN], [EAN]]), [EAN.code]);
  assert.deepEqual(counted([[misread], [], [], [misread], [], []]), []);
});

test("a code without a check digit needs three readings", () => {
  assert.deepEqual(counted(frames([LABEL], 2)), []);
  assert.deepEqual(counted(frames([LABEL], 3)), [LABEL.code]);
});

test("a code that corrects its own errors counts at the first reading", () => {
  assert.deepEqual(counted([[QR]]), [QR.code]);
});

test("a code beside the aiming frame does not count, and is not new when it gets into it", () => {
  const beside = { ...EAN, isAimed: false };
  assert.deepEqual(counted([...frames([beside], 20), ...frames([EAN], 2)]), [EAN.code]);
  assert.deepEqual(counted([...frames([EAN], 2), ...frames([beside], 20), ...frames([EAN], 5)]), [EAN.code]);
});
