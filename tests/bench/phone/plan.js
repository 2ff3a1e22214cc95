/** A measurement reads what it needs as JSON from standard input and writes what it found to standard output. */

import { text } from "node:stream/consumers";
import { missingForSlowness } from "./slow_cpu.js";

/**
 * @typedef {{ address: string, person: number, username: string, goods: { id: number, name: string, gtin: string }[],
 *   runs: number, profile: string, throttled: boolean }} Plan `throttled`: on a quarter of a processor
 */

/** @param {(plan: any) => Promise<unknown>} measure */
export async function carryOut(measure) {
  const plan = JSON.parse(await text(process.stdin));
  const missing = plan.throttled ? missingForSlowness() : "";
  const found = missing ? { missing } : await measure(plan);
  process.stdout.write(JSON.stringify(found));
  // A browser that hangs at its end keeps nobody waiting.
  setTimeout(() => process.exit(0), 5000).unref();
}
