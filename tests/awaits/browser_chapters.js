/**
 * What a real phone lives through on a real hub, in chapters: each begins with a worker that has just been started, and
 * may be cut short at any point. `prepares` is not cut short; `ends` undoes what the next chapter cannot begin with.
 */

import { PASSWORDS } from "../browser/staff.js";
import { booksOfNow } from "./old_books.js";

/** @typedef {import("./browser_kills.js").Day} Day */
/** @typedef {{prepares?: (day: Day) => Promise<void>, lives: (day: Day) => Promise<void>, ends?: (day: Day) => Promise<void>}} Chapter */

/** @type {Record<string, Chapter>} */
const ordinary = {
  "a first download": {
    prepares: (day) => day.prepare("forget"),
    lives: (day) => day.does("arrive"),
  },
  "the browser says that the network is back": {
    prepares: (day) => day.saveOffline(),
    lives: async (day) => {
      await day.handheld.sync();
      await day.does("rest");
    },
  },
  "work without a network": {
    prepares: (day) => day.line.cut(),
    lives: async (day) => {
      for (const deed of ["record", "look", "fillIn", "withdraw", "wake"]) await day.does(deed);
    },
  },
  "work is sent": {
    prepares: (day) => day.saveOffline(),
    lives: (day) => day.does("wake"),
  },
  "work with a network": {
    lives: async (day) => {
      for (const deed of ["fillIn", "record", "look", "tell"]) await day.does(deed);
      await day.does("befall", { how: ["clock", 5000] });
      await day.does("wake");
    },
  },
  "other hands": {
    prepares: (day) => day.prepare("loseKeys"),
    lives: async (day) => {
      await day.does("leave");
      const other = { username: "bo", password: PASSWORDS.bo, person: day.personOf("bo") };
      await day.does("signIn", other);
      // Their key is late.
      await day.line.cut();
      await day.does("arrive", other);
      await day.line.mend();
      await day.does("wake");
      await day.does("record");
      // The hub says who is here, and their page has not come yet.
      await day.does("signIn");
      await day.does("wake");
    },
    ends: (day) => day.prepare("signIn"),
  },
  "news, again and again": {
    lives: async (day) => {
      await day.does("befall", { how: ["loose", 0] });
      for (let times = 0; times < 3; times += 1) {
        await day.news();
        await day.does("wake");
      }
      await day.does("befall", { how: ["loose", 2000] });
      const all = day.work.ids;
      for (const id of all) await day.does("record", { ids: [id] });
      for (let times = all.length; times < 18; times += 1) await day.does("record", { ids: [crypto.randomUUID()] });
    },
  },
};

/** @type {Record<string, Chapter>} */
const unhappy = {
  "a clone has used the numbers": {
    prepares: async (day) => {
      await day.saveOffline();
      await day.prepare("clone");
    },
    lives: (day) => day.does("wake"),
  },
  "the hub cannot read one of them": {
    prepares: async (day) => {
      await day.saveOffline();
      const isPoison = (/** @type {any} */ op) => op.id === day.work.ids[0] && op.kind !== "void";
      day.road.meddler = (path, body) => {
        if (path !== "/sync/push" || !JSON.parse(body).ops.some(isPoison)) return null;
        return { status: 400, body: JSON.stringify({ code: "unreadable" }) };
      };
    },
    lives: (day) => day.does("wake"),
  },
  "the hub counts otherwise": {
    prepares: async (day) => {
      await day.saveOffline();
      let asked = 0;
      const lies = (/** @type {number} */ n) => [
        { status: 200, body: { results: [], last_n: Math.max(0, n - 2) } },
        { status: 409, body: { code: "gap", expected: Math.max(1, n - 1) } },
        { status: 200, body: { results: [], last_n: 1_000_000 } },
      ];
      day.road.meddler = (path, sent) => {
        if (path !== "/sync/push" || asked >= 3) return null;
        const { status, body } = lies(JSON.parse(sent).ops[0].n)[asked];
        asked += 1;
        return { status, body: JSON.stringify(body) };
      };
    },
    lives: (day) => day.does("wake"),
  },
  "a snapshot is garbled, another let go": {
    prepares: async (day) => {
      await day.prepare("forget");
      let pieces = 0;
      day.road.meddler = (path) => {
        if (!path.startsWith("/sync/snapshots/")) return null;
        pieces += 1;
        if (pieces === 1) return { status: 404, body: "{}" };
        return pieces === 5 ? { status: 200, body: "tea", type: "application/octet-stream" } : null;
      };
    },
    lives: (day) => day.does("arrive"),
  },
  "the hub comes back from a backup": {
    prepares: async (day) => {
      const putBack = booksOfNow(day.hub);
      await day.prepare("record");
      await day.hub.kill();
      putBack();
      await day.startHub();
    },
    lives: (day) => day.does("wake"),
  },
  "the phone is full, and then there is room": {
    lives: async (day) => {
      await day.does("befall", { how: ["full", "outbox"] });
      await day.line.cut();
      await day.does("record");
      await day.line.mend();
      await day.does("leave");
      await day.does("befall", { how: ["full", ""] });
      await day.does("arrive");
      await day.does("befall", { how: ["full", "replica"] });
      await day.news();
      await day.does("wake");
      await day.does("befall", { how: ["full", ""] });
      await day.does("befall", { how: ["later"] });
      await day.does("record");
    },
  },
  "the browser loses its databases": {
    lives: async (day) => {
      await day.does("befall", { how: ["lose"] });
      await day.does("record");
      await day.does("befall", { how: ["lose"] });
      await day.does("wake");
    },
  },
  "an installation": {
    prepares: async (day) => {
      await day.prepare("uninstall");
      await day.handheld.open();
    },
    lives: async (day) => {
      await day.does("install", { point: day.point, lives: Date.now() });
      await day.does("befall", { how: ["arm", day.point] });
      await day.does("missFile");
    },
  },
};

export const chapters = { ...ordinary, ...unhappy };
export const INSTALLATION = "an installation";
