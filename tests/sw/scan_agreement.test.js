import assert from "node:assert/strict";
import { test } from "node:test";
import { createAgreement } from "../../web/scripts/scan_agreement.js";

const FRAME_MS = 40;
const TEA = "5012345678900";
const OTHER = "5012345678917";

/** @param {string} code @param {number} [x] */
const ean = (code, x = 400) => ({ code, format: "ean_13", centre: { x, y: 300 } });

/**
 * @param {[string, ReturnType<typeof ean>[]][]} frames the reader of each, and what it saw
 * @returns {string[]} what was believed, in order
 */
function believed(frames) {
  const agreement = createAgreement();
  return frames.flatMap(([reader, reads], number) =>
    agreement.frame(reads, reader, number * FRAME_MS).map(({ code }) => `${reader} ${code}`),
  );
}

test("what one reader alone sees is believed, of ZBar from the second time on", () => {
  assert.deepEqual(believed([["zxing", [ean(TEA)]]]), [`zxing ${TEA}`]);
  assert.deepEqual(believed([["zbar", [ean(TEA)]]]), []);
  const three = /** @type {[string, ReturnType<typeof ean>[]]} */ (["zbar", [ean(TEA)]]);
  assert.deepEqual(believed([three, three, three]), [`zbar ${TEA}`, `zbar ${TEA}`]);
});

test("readers that contradict each other are both refused, for as long as they do", () => {
  const quarrel = Array.from(
    { length: 40 },
    (_, number) =>
      /** @type {[string, ReturnType<typeof ean>[]]} */ (number % 2 ? ["zbar", [ean(OTHER)]] : ["zxing", [ean(TEA)]]),
  );
  assert.deepEqual(believed(quarrel), [`zxing ${TEA}`], "the first, before there was another word");
});

test("a contradiction is over when the other reader has been silent for a moment", () => {
  const later = Array.from(
    { length: 15 },
    () => /** @type {[string, ReturnType<typeof ean>[]]} */ (["zxing", [ean(TEA)]]),
  );
  const told = believed([["zbar", [ean(OTHER)]], ...later]);
  assert.deepEqual(new Set(told), new Set([`zxing ${TEA}`]));
  assert.equal(told.length, 15 - 9);
});

test("two codes beside each other, or a square one on the same label, contradict nothing", () => {
  assert.deepEqual(
    believed([
      ["zbar", [ean(OTHER, 900)]],
      ["zxing", [ean(TEA)]],
    ]),
    [`zxing ${TEA}`],
  );
  const square = { ...ean("https://id.example.com/01/09506000134352"), format: "qr_code" };
  assert.deepEqual(
    believed([
      ["zbar", [ean(OTHER)]],
      ["zxing", [square]],
    ]),
    [`zxing ${square.code}`],
  );
});

test("one reader may see another code in the next frame", () => {
  assert.deepEqual(
    believed([
      ["zxing", [ean(TEA)]],
      ["zxing", [ean(OTHER)]],
    ]),
    [`zxing ${TEA}`, `zxing ${OTHER}`],
  );
});
