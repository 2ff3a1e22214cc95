import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecorder, QUIET_MS } from "../../web/scripts/count_recording.js";
import { countKey, placeOf } from "../../web/scripts/count_saved.js";
import { createScanList } from "../../web/scripts/scan_list.js";

/** A count whose clock stands until a test moves it. @param {[string, number][]} [before] @param {any} [saved] */
function counting(before = [], saved = undefined) {
  const list = createScanList(saved, true);
  /** @type {{ act: () => void, at: number }[]} */
  let timers = [];
  let now = 0;
  const at = {
    list,
    /** @type {string[]} */
    sent: [],
    /** @type {string[]} */
    ids: [],
    isHeard: true,
    recorder: createRecorder(list, {
      told: () => new Map(before),
      keep: () => at.recorder.noticed(),
      save: async (id, item, times) => {
        at.sent.push(`${item}=${times}`);
        at.ids.push(id);
        return at.isHeard;
      },
      mint: () => `id ${at.ids.length}`,
      later: (act, ms) => {
        const timer = { act, at: now + ms };
        timers.push(timer);
        return timer;
      },
      never: (timer) => (timers = timers.filter((one) => one !== timer)),
    }),
    /** @param {string} code @param {number} [times] */
    scan(code, times) {
      const { entry, isNew } = list.capture(code, times);
      if (isNew) list.answered(entry.id, { item: `1${code}`, outcome: code === "9" ? "unknown" : "found", card: "" });
      at.recorder.noticed();
      return entry;
    },
    /** @param {number} ms */
    async wait(ms) {
      now += ms;
      for (const due of timers.filter((one) => one.at <= now)) {
        timers = timers.filter((one) => one !== due);
        due.act();
      }
      await new Promise((done) => setImmediate(done));
    },
  };
  return at;
}

test("an item is recorded by itself, once, some seconds after its last scan", async () => {
  const at = counting();
  at.scan("2");
  await at.wait(QUIET_MS - 1);
  at.scan("2");
  at.scan("3");
  await at.wait(QUIET_MS - 1);
  assert.deepEqual(at.sent, []);
  await at.wait(1);
  assert.deepEqual(at.sent, ["12=2", "13=1"]);
  await at.wait(60_000);
  assert.deepEqual(at.sent, ["12=2", "13=1"]);
});

test("a number that changes later is recorded again as a whole, nought too", async () => {
  const at = counting();
  const { id } = at.scan("2", 5);
  await at.wait(QUIET_MS);
  at.scan("2");
  await at.wait(QUIET_MS);
  at.list.setTimes(id, 0);
  at.recorder.noticed();
  await at.wait(QUIET_MS);
  assert.deepEqual(at.sent, ["12=5", "12=6", "12=0"]);
  assert.equal(new Set(at.ids).size, 3);
});

test("a shelf that is left is recorded at once, and what is no item never", async () => {
  const at = counting();
  at.scan("2");
  at.scan("9");
  assert.equal(await at.recorder.flush(), 0);
  at.recorder.close();
  await at.wait(60_000);
  assert.deepEqual(at.sent, ["12=1"]);
});

test("without an answer it is tried again under the same id, also after a reload", async () => {
  const at = counting();
  at.isHeard = false;
  at.scan("2");
  await at.wait(QUIET_MS);
  await at.wait(15_000);
  assert.equal(await at.recorder.flush(), 1);
  assert.deepEqual(at.sent, ["12=1", "12=1", "12=1"]);
  const later = counting([], JSON.parse(JSON.stringify(at.list.saved())));
  await later.recorder.flush();
  assert.deepEqual([...at.ids, ...later.ids], ["id 0", "id 0", "id 0", "id 0"]);
});

test("what was counted here before goes on from its number, and scans that are taken back go off again", async () => {
  const at = counting([["12", 5]]);
  at.scan("2");
  await at.wait(QUIET_MS);
  at.list.undo();
  at.recorder.noticed();
  await at.wait(QUIET_MS);
  assert.deepEqual(at.sent, ["12=6", "12=5"]);
  assert.equal(at.list.recall("S-3", "13", 4).times, 4);
  assert.equal(await at.recorder.flush(), 0);
  assert.deepEqual(at.sent, ["12=6", "12=5"], "a number that is only looked at is told to nobody");
});

test("a scan that is taken back before it was recorded was never there", async () => {
  const at = counting();
  at.scan("2");
  at.list.undo();
  at.recorder.noticed();
  await at.wait(60_000);
  assert.deepEqual(at.sent, []);
});

test("nothing that was counted falls off the end of the list", () => {
  const at = counting();
  for (let code = 100; code < 400; code += 1) at.scan(String(code));
  assert.equal(at.list.entries().length, 300);
});

test("what is kept of a shelf is found by its name, whatever is in it", () => {
  const place = { owner: "7", session: "s", shelf: "A:1 茶" };
  assert.deepEqual(placeOf(countKey(place)), place);
  assert.equal(placeOf("scan-list"), null);
});

test("what is left in a hurry is written down with the id it goes out under, before anything is waited for", async () => {
  const at = counting();
  const entry = at.scan("2");
  const flushed = at.recorder.flush();
  assert.equal(entry.counted?.id, "id 0");
  await flushed;
  assert.deepEqual(at.ids, ["id 0"]);
  // As the next page finds it: what it was told of is no news.
  const again = counting([["12", 1]], { lastId: 1, entries: [entry], history: [] });
  again.recorder.noticed();
  assert.equal(again.list.entries()[0].times, 1);
});
