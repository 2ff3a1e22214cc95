import assert from "node:assert/strict";
import { test } from "node:test";
import { aimedAt, distanceFromCentre, isInside } from "../../web/scripts/scan_aim.js";

const camera = { width: 1280, height: 720 };

test("a video that fills a box of its own shape is seen whole", () => {
  const box = { x: 0, y: 100, width: 640, height: 360 };
  assert.deepEqual(aimedAt(camera, box, { x: 0, y: 0, width: 0, height: 0 }).aim, {
    x: 0,
    y: 0,
    width: 1280,
    height: 720,
  });
});

test("a tall box shows the middle of a wide picture, and only that counts", () => {
  const { aim } = aimedAt(camera, { x: 0, y: 0, width: 360, height: 360 }, { x: 0, y: 0, width: 0, height: 0 });
  assert.deepEqual(aim, { x: 280, y: 0, width: 720, height: 720 });
});

test("the aiming frame is found in camera pixels, and decoded with a margin", () => {
  const { aim, region } = aimedAt(
    camera,
    { x: 0, y: 0, width: 640, height: 360 },
    { x: 220, y: 130, width: 200, height: 100 },
  );
  assert.deepEqual(aim, { x: 440, y: 260, width: 400, height: 200 });
  assert.deepEqual(region, { x: 340, y: 210, width: 600, height: 300 });
});

test("nothing outside the picture is asked for", () => {
  const { region } = aimedAt(
    camera,
    { x: 0, y: 0, width: 640, height: 360 },
    { x: 10, y: 10, width: 620, height: 340 },
  );
  assert.deepEqual(region, { x: 0, y: 0, width: 1280, height: 720 });
});

test("a code counts by its centre", () => {
  const aim = { x: 440, y: 260, width: 400, height: 200 };
  assert.ok(isInside({ x: 441, y: 459 }, aim));
  assert.ok(!isInside({ x: 439, y: 459 }, aim));
  assert.equal(distanceFromCentre({ x: 640, y: 350 }, aim), 10);
});
