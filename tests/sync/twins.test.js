import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CATALOGUE } from "../../sync/operations_catalogue.js";
import { answer } from "./twin_calls.js";

const names = [
  "operations",
  "canonical",
  "checksum",
  "projection",
  "forms",
  "roles",
  "shelf",
  "papers",
  "parcels",
  "journal",
  "reviews",
  "counts",
  "unknown_codes",
  "lots",
  "draft",
  "tour",
  "ids",
  "symbols",
  "qr",
  "label_text",
  "label_face",
  "labels",
];

for (const name of names) {
  const text = readFileSync(new URL(`../../sync/examples/${name}.json`, import.meta.url), "utf8");
  for (const example of JSON.parse(text)) {
    test(`an example of ${name} holds: ${example.name}`, () => {
      assert.deepEqual(answer(example), example.gives);
    });
  }
}

test("the catalogue a phone imports is the catalogue", () => {
  const text = readFileSync(new URL("../../sync/operations.json", import.meta.url), "utf8");
  assert.deepEqual(CATALOGUE, JSON.parse(text));
});
