/**
 * What waits on this phone, as a file: the way to the hub when no network will be there for long.
 *
 * It holds what a push would send, signed as it is, whoever recorded it. `stockhand inbox deliver` books it, and the
 * phone may send the same itself later: the hub knows each operation by its id.
 */

import { place, wire } from "./numbering.js";
import { byPlace } from "./outbox.js";

const PATH = "/outbox/queue.json";

/** @param {Request} request */
export function wantsQueue(request) {
  return request.method === "GET" && new URL(request.url).pathname === PATH;
}

/** @param {import("./phone.js").Phone} phone */
export async function queueFile(phone) {
  const client = await place(phone.outbox);
  const rows = (await phone.outbox.all()).filter((row) => row.client === client?.id).sort(byPlace);
  const file = { stockhand: "outbox", protocol: 1, client: client?.id ?? "", ops: rows.map(wire) };
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return new Response(JSON.stringify(file), { headers });
}
