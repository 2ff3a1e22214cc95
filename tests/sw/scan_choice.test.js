import assert from "node:assert/strict";
import { test } from "node:test";
import { createChoice } from "../../web/scripts/scan_choice.js";
import { createRearm } from "../../web/scripts/scan_rearm.js";

const TEA = { code: "5012345678900", format: "ean_13" };
const SOAP = { code: "96385074", format: "ean_8" };
const TEA_LINK = { code: "https://shop.example/01/05012345678900", format: "qr_code" };
const FRAME_MS = 66;

function watching() {
  const choice = createChoice(createRearm());
  let nowMs = 0;
  return {
    /** Frames with these codes in the aiming frame, the nearest first; what counted and what is offered at their end. */
    see(inside, frames) {
      const counted = [];
      let offered = [];
      for (let frame = 0; frame < frames; frame++) {
        nowMs += FRAME_MS;
        const told = choice.frame(inside, inside, nowMs);
        counted.push(...told.counted);
        offered = told.offered;
      }
      return { counted, offered };
    },
    settle: () => choice.settle(nowMs),
  };
}

test("two new codes in the frame are offered, and none is guessed", () => {
  const { see } = watching();
  assert.deepEqual(see([TEA, SOAP], 20), { counted: [], offered: [TEA.code, SOAP.code] });
});

test("the one that is chosen leaves the other uncounted while it stays in view", () => {
  const { see, settle } = watching();
  see([TEA, SOAP], 5);
  settle();
  assert.deepEqual(see([SOAP, TEA], 30), { counted: [], offered: [] });
  assert.deepEqual(see([], 15).counted, []);
  assert.deepEqual(see([SOAP], 5).counted, [SOAP.code]);
});

test("a decoder that drops one of two for some frames makes no guess of the other", () => {
  const { see } = watching();
  see([TEA, SOAP], 5);
  assert.deepEqual(see([TEA], 5), { counted: [], offered: [TEA.code, SOAP.code] });
});

test("who points at one of them alone has chosen it", () => {
  const { see } = watching();
  see([TEA, SOAP], 5);
  assert.deepEqual(see([TEA], 15), { counted: [TEA.code], offered: [] });
});

test("a barcode and the QR code of one item are one scan", () => {
  const { see } = watching();
  assert.deepEqual(see([TEA, TEA_LINK], 10), { counted: [TEA.code], offered: [] });
  assert.deepEqual(see([TEA_LINK, TEA], 10), { counted: [], offered: [] });
});

test("a code that comes into the frame beside one that counted does not count until it is nearer", () => {
  const { see } = watching();
  assert.deepEqual(see([TEA], 5).counted, [TEA.code]);
  assert.deepEqual(see([TEA, SOAP], 10), { counted: [], offered: [] });
  assert.deepEqual(see([SOAP, TEA], 5).counted, [SOAP.code]);
});
