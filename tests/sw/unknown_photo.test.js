import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeOf, sendPhotos } from "../../web/scripts/unknown_photo_sending.js";

const HOUR_MS = 3_600_000;
const photo = (id, given = {}) => ({ id, isTold: false, photo: new Blob(["x"]), problem: "", at: 1, ...given });

/** What a phone keeps, and a hub that says of each photo what it is told to say. */
function world(photos, says, { tells = true } = {}) {
  const kept = new Map(photos.map((one) => [one.id, one]));
  const done = [];
  return {
    kept,
    done,
    run: () =>
      sendPhotos([...kept.values()], {
        tell: async ({ id }) => done.push(`tell ${id}`) > 0 && tells,
        send: async ({ id }) => {
          done.push(`send ${id}`);
          const answer = says(id);
          if (answer instanceof Error) throw answer;
          return answer;
        },
        keep: async (one) => kept.set(one.id, one),
        drop: async ({ id }) => kept.delete(id),
      }),
  };
}

test("a photo is told of, sent, and only then let go", async () => {
  const { kept, done, run } = world([photo("a")], () => ({ becomes: "sent" }));
  assert.equal(await run(), 1);
  assert.deepEqual([done, kept.size], [["tell a", "send a"], 0]);
});

test("without a network a photo stays, is told of once, and holds up no other", async () => {
  const answers = { a: [{ becomes: "waits" }, { becomes: "sent" }], b: [{ becomes: "sent" }] };
  const { kept, done, run } = world([photo("a"), photo("b")], (id) => answers[id].shift());
  assert.equal(await run(), 1);
  assert.deepEqual([...kept.keys()], ["a"]);
  assert.equal(await run(), 1);
  assert.deepEqual([done, kept.size], [["tell a", "send a", "tell b", "send b", "send a"], 0]);
});

test("a page that ends while it sends loses nothing: the same photo goes again under the same id", async () => {
  const answers = [new TypeError("the page is gone"), { becomes: "sent" }];
  const { kept, done, run } = world([photo("a")], () => answers.shift());
  await assert.rejects(run);
  assert.equal(kept.get("a").isTold, true);
  assert.equal(await run(), 1);
  assert.deepEqual(done, ["tell a", "send a", "send a"]);
});

test("what cannot be told of yet is not sent", async () => {
  const { kept, done, run } = world([photo("a")], () => ({ becomes: "sent" }), { tells: false });
  assert.equal(await run(), 0);
  assert.deepEqual([done, kept.size], [["tell a"], 1]);
});

test("what the hub refuses for good is said, and never sent again", async () => {
  const { kept, done, run } = world([photo("a")], () => ({ becomes: "refused", problem: "No." }));
  assert.deepEqual([await run(), await run()], [0, 0]);
  assert.deepEqual([kept.get("a").photo, kept.get("a").problem, done.length], [null, "No.", 2]);
});

test("only an answer that can never change is a refusal", async () => {
  const outcome = async (status, ageMs = 0) => (await outcomeOf(status, async () => "", ageMs)).becomes;
  for (const status of [200, 302, 401, 403, 404, 408, 429, 500, 503]) assert.equal(await outcome(status), "waits");
  assert.deepEqual([await outcome(204), await outcome(413), await outcome(410)], ["sent", "refused", "refused"]);
  assert.deepEqual([await outcome(409, HOUR_MS), await outcome(409, 25 * HOUR_MS)], ["waits", "refused"]);
});
