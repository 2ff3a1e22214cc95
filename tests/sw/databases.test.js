import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { answer, Database } from "../../sw/databases.js";

const built = (handle) => handle.createObjectStore("things");

function opened(indexedDB = new IDBFactory()) {
  const handles = [];
  /** @type {any} */
  const watched = {
    open: (name, version) => {
      const request = indexedDB.open(name, version);
      request.addEventListener("success", () => handles.push(request.result));
      return request;
    },
  };
  return { database: new Database(watched, "one", built), handles };
}

const put = (database, value) => database.write(["things"], (stores) => answer(stores("things").put(value, 1)));
const read = (database) => database.read(["things"], (stores) => answer(stores("things").get(1)));

test("a handle that died is dropped and the work is done on a fresh one", async () => {
  const { database, handles } = opened();
  await put(database, "first");
  handles[0].close();
  await put(database, "second");
  assert.equal(await read(database), "second");
  assert.equal(handles.length, 2);
});

test("a connection that the browser lost is opened again", async () => {
  const { database, handles } = opened();
  await put(database, "first");
  handles[0].transaction = () => {
    throw new DOMException("Connection to Indexed Database server lost. Refresh the page to try again", "UnknownError");
  };
  assert.equal(await read(database), "first");
});

test("work that fails leaves nothing behind and says why", async () => {
  const { database } = opened();
  await put(database, "first");
  const failing = database.write(["things"], async (stores) => {
    await answer(stores("things").put("second", 1));
    throw new RangeError("no");
  });
  await assert.rejects(failing, RangeError);
  assert.equal(await read(database), "first");
});

test("what exists nowhere else is written with strict durability", async () => {
  const { database, handles } = opened();
  await put(database, "first");
  const asked = [];
  const transaction = handles[0].transaction.bind(handles[0]);
  handles[0].transaction = (names, mode, options) => {
    asked.push(options.durability);
    return transaction(names, mode, options);
  };
  await put(database, "second");
  assert.deepEqual(asked, ["strict"]);
});

test("another tab that deletes the database is let through", async () => {
  const indexedDB = new IDBFactory();
  const { database } = opened(indexedDB);
  await put(database, "first");
  await answer(indexedDB.deleteDatabase("one"));
  assert.equal(await read(database), undefined);
});
