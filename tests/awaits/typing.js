/** What somebody types into the pages of a phone, and whether the phone said that it is saved. */

/** @typedef {{tried: Map<string, number>, done: Set<string>}} Saved units by id; `done`: the phone said yes */

export const ORIGIN = "https://shop.test";

/** Fills in the form of the tea's page. @param {any} scene @param {number} delta @param {Record<string, string>} given */
export async function adjusted(scene, delta, given = {}) {
  const fields = { operation_id: crypto.randomUUID(), quantity: String(-delta), direction: "out", reason: "damaged" };
  return await typed(scene, "/items/100", { ...fields, ...given }, delta);
}

/** @param {any} scene @param {string} path @param {Record<string, string>} fields @param {number} [delta] */
export async function typed({ phone, saved }, path, fields, delta) {
  const id = fields.operation_id;
  if (delta !== undefined) saved.tried.set(id, delta);
  const headers = { "HX-Request": "true" };
  const body = new URLSearchParams(fields);
  const answer = await phone.handle(new Request(ORIGIN + path, { method: "POST", body, headers }));
  if (delta !== undefined && answer?.status === 303) saved.done.add(id);
  await phone.engine.idle();
  return fields;
}
