/**
 * What the worker holds while it answers: the engine's heap in use, what is embedded in it, and the bytes behind its
 * array buffers, after a collection of garbage.
 */

import { goQuiet, openHandset, workerOf } from "./handset.js";
import { carryOut } from "./plan.js";

const MIB = 1024 * 1024;

carryOut(async (plan) => {
  const phone = await openHandset(plan);
  try {
    const page = await phone.page();
    await goQuiet(page, plan.address);
    await page.evaluate(
      async (goods) => {
        for (const { name, gtin } of goods) {
          for (const path of [`/items?q=${encodeURIComponent(name)}`, `/?code=${gtin}`]) {
            const answer = await fetch(path);
            if (answer.headers.has("date")) throw new Error(`${path} was not answered by the phone`);
            await answer.text();
          }
        }
      },
      plan.goods.slice(0, 50),
    );
    const worker = await workerOf(phone.browser);
    await worker.send("HeapProfiler.enable");
    await worker.send("HeapProfiler.collectGarbage");
    await worker.send("HeapProfiler.collectGarbage");
    const used = /** @type {any} */ (await worker.send("Runtime.getHeapUsage"));
    const heap = used.usedSize / MIB;
    const embedded = (used.embedderHeapUsedSize ?? 0) / MIB;
    const buffers = (used.backingStorageSize ?? 0) / MIB;
    return { mib: heap + embedded + buffers, heap, embedded, buffers };
  } finally {
    await phone.close();
  }
});
