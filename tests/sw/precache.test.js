import assert from "node:assert/strict";
import { test } from "node:test";
import { dropOldReleases, fetchRelease, fileOf, isFile } from "../../sw/precache.js";

/** As much of CacheStorage as a release needs; `broken` addresses cannot be fetched. @returns {any} */
function pretendCaches(broken = []) {
  const kept = new Map();
  return {
    keys: async () => [...kept.keys()],
    delete: async (name) => kept.delete(name),
    match: async ({ url }) =>
      [...kept.values()].find((files) => files.has(new URL(url).pathname))?.get(new URL(url).pathname),
    open: async (name) => {
      if (!kept.has(name)) kept.set(name, new Map());
      const addAll = async (addresses) => {
        if (addresses.some((address) => broken.includes(address))) throw new TypeError("Failed to fetch");
        for (const address of addresses) kept.get(name).set(address, new Response(address));
      };
      return { addAll };
    },
  };
}

const file = (path) => new Request(`https://shop.test${path}`);

test("the release before this one stays for pages that are still open", async () => {
  const caches = pretendCaches();
  await caches.open("another-app");
  for (const release of ["one", "two", "three"]) {
    await fetchRelease(caches, release, [`/static/${release}/app.css`]);
    assert.equal(await dropOldReleases(caches, release), release === "one");
  }
  assert.deepEqual(await caches.keys(), ["another-app", "stockhand-two", "stockhand-three"]);
  assert.equal(
    await (await fileOf(caches, file("/static/two/app.css"), () => assert.fail("it was here"))).text(),
    "/static/two/app.css",
  );
});

test("a release that is being installed is not dropped by the one that runs", async () => {
  const caches = pretendCaches();
  for (const release of ["one", "two", "three"]) await fetchRelease(caches, release, []);
  await dropOldReleases(caches, "two");
  assert.deepEqual(await caches.keys(), ["stockhand-one", "stockhand-two", "stockhand-three"]);
});

test("a release that cannot be fetched whole is not installed", async () => {
  const caches = pretendCaches(["/static/one/lost.js"]);
  await assert.rejects(fetchRelease(caches, "one", ["/static/one/app.css", "/static/one/lost.js"]));
});

test("only files of a release are looked for in it", () => {
  assert.equal(isFile(file("/static/one/app.css")), true);
  assert.equal(isFile(file("/items")), false);
  assert.equal(isFile(new Request("https://shop.test/static/one/app.css", { method: "POST" })), false);
});
