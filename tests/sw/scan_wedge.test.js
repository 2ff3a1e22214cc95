import assert from "node:assert/strict";
import { test } from "node:test";
import { createWedge } from "../../web/scripts/scan_wedge.js";

/**
 * Presses keys, one every `gapMs`; says the codes heard.
 * @param {string[]} keys
 */
function heard(keys, gapMs, { wedge = createWedge(), startMs = 1000 } = {}) {
  return keys
    .map((key, place) => wedge.key({ key, atMs: startMs + place * gapMs }).code)
    .filter((code) => code !== null);
}
const typed = (text, end = "Enter") => [...text, end];

test("a scanner that ends with Enter is heard", () => {
  assert.deepEqual(heard(typed("5012345678900"), 8), ["5012345678900"]);
});

test("a scanner that ends with Tab is heard", () => {
  assert.deepEqual(heard(typed("SHELF-12/b", "Tab"), 15), ["SHELF-12/b"]);
});

test("a slow Bluetooth scanner is heard", () => {
  assert.deepEqual(heard(typed("5012345678900"), 40), ["5012345678900"]);
});

test("fingers are not", () => {
  assert.deepEqual(heard(typed("receipt"), 95), []);
  assert.deepEqual(heard(typed("5012345678900"), 60), []);
});

test("a short fast burst is not", () => {
  assert.deepEqual(heard(typed("123"), 8), []);
});

test("what fingers typed before the scan is not part of it", () => {
  const wedge = createWedge();
  heard(["a", "b"], 200, { wedge });
  assert.deepEqual(heard(typed("5012345678900"), 8, { wedge, startMs: 3000 }), ["5012345678900"]);
});

test("the quick end of what was typed is told from a code of its own", () => {
  const wedge = createWedge();
  const end = (/** @type {number} */ startMs) =>
    typed("such-code")
      .map((key, n) => wedge.key({ key, atMs: startMs + n * 8 }))
      .at(-1);
  heard(["n", "o", "-"], 100, { wedge });
  assert.deepEqual(end(1500), { starts: false, code: "such-code", isTail: true });
  // A scan right behind another one is no end of it.
  assert.equal(end(1600)?.isTail, false);
  heard(["n", "o", "-"], 100, { wedge, startMs: 3000 });
  assert.equal(end(5000)?.isTail, false);
});

test("a stall inside a code leaves it whole", () => {
  for (const stalledAt of [1, 5, 13]) {
    const wedge = createWedge();
    const keys = typed("5012345678900");
    const codes = keys.map((key, n) => wedge.key({ key, atMs: n * 8 + (n >= stalledAt ? 200 : 0) }).code);
    assert.deepEqual(codes.filter(Boolean), ["5012345678900"]);
  }
});

test("fingers that are quick on some keys are not a scanner", () => {
  const wedge = createWedge();
  const atMs = [0, 30, 190, 220, 260];
  assert.equal(
    typed("1200")
      .map((key, n) => wedge.key({ key, atMs: atMs[n] }).code)
      .at(-1),
    null,
  );
});

test("a pause before Enter makes it fingers", () => {
  const wedge = createWedge();
  heard([..."5012345678900"], 8, { wedge });
  assert.deepEqual(heard(["Enter"], 0, { wedge, startMs: 1400 }), []);
});

test("ten scans without a pause are ten", () => {
  const keys = Array.from({ length: 10 }, (_, number) => typed(`501234567890${number}`)).flat();
  assert.equal(heard(keys, 8).length, 10);
});

test("capitals come with Shift, and FNC1 as Ctrl and a bracket", () => {
  const wedge = createWedge();
  let atMs = 0;
  const press = (key, hasCtrl = false) => {
    atMs += 8;
    return wedge.key({ key, atMs, hasCtrl }).code;
  };
  for (const character of "10A") {
    press("Shift");
    press(character);
  }
  press("Control");
  press("]", true);
  for (const character of "17251231") press(character);
  assert.equal(press("Enter"), "10A\x1d17251231");
});

test("a held key is not a scanner", () => {
  const wedge = createWedge();
  for (let n = 0; n < 20; n += 1) wedge.key({ key: "1", atMs: n * 30, isRepeat: n > 0 });
  assert.equal(wedge.key({ key: "Enter", atMs: 620 }).code, null);
});

test("a shortcut within the keys ends the code", () => {
  const wedge = createWedge();
  for (const [n, character] of [..."5012345"].entries()) wedge.key({ key: character, atMs: n * 8 });
  wedge.key({ key: "c", atMs: 60, hasCtrl: true });
  assert.equal(wedge.key({ key: "Enter", atMs: 66 }).code, null);
});

test("only the first key of a burst is said to start one", () => {
  const wedge = createWedge();
  assert.deepEqual(
    [..."5012"].map((key, n) => wedge.key({ key, atMs: n * 8 }).starts),
    [true, false, false, false],
  );
});
