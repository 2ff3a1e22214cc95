/** The drawn processes, as another BPMN tool reads them. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { BpmnModdle } from "bpmn-moddle";

const FOLDER = new URL("../../web/processes/", import.meta.url);
const drawings = (await readdir(FOLDER)).filter((name) => name.endsWith(".bpmn"));

/** @param {string} name */
const textOf = (name) => readFile(new URL(name, FOLDER), "utf8");

test("There are drawings", () => {
  assert.deepEqual(drawings.sort(), ["adjustment.bpmn", "count.bpmn", "transfer.bpmn"]);
});

for (const name of drawings) {
  test(`${name} is read without a warning, and everything in it has its place`, async () => {
    const { rootElement, warnings } = await new BpmnModdle().fromXML(await textOf(name));
    assert.deepEqual(
      warnings.map(({ message }) => message),
      [],
    );
    const [process] = rootElement.rootElements.filter((/** @type {any} */ one) => one.$type === "bpmn:Process");
    const placed = new Set(
      rootElement.diagrams[0].plane.planeElement.map((/** @type {any} */ one) => one.bpmnElement.id),
    );
    assert.ok(process.flowElements.length > 10);
    for (const { id } of process.flowElements) assert.ok(placed.has(id), `${id} is drawn nowhere`);
    const flows = process.flowElements.filter((/** @type {any} */ one) => one.$type === "bpmn:SequenceFlow");
    for (const { id, sourceRef, targetRef } of flows) {
      assert.ok(
        sourceRef?.outgoing.some((/** @type {any} */ one) => one.id === id),
        `${id} leaves nothing`,
      );
      assert.ok(
        targetRef?.incoming.some((/** @type {any} */ one) => one.id === id),
        `${id} leads nowhere`,
      );
    }
  });

  test(`${name} with a flow that leads nowhere is noticed`, async () => {
    const broken = (await textOf(name)).replace(/targetRef="[^"]+"/, 'targetRef="nobody"');
    const { warnings } = await new BpmnModdle().fromXML(broken);
    assert.ok(warnings.some(({ message }) => message.includes("nobody")));
  });
}
