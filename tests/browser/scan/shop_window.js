/**
 * A stand-in for the server while scanning is tried in a browser: the markup that scanning relies on, a small shop of
 * codes, the scripts of this checkout and the content security policy of every real page.
 */

import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { whatIs } from "../../../sync/gs1.js";

const TOP = new URL("../../../", import.meta.url);
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css", ".html": "text/html" };
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'";

/** @type {Record<string, { id: string, name: string }>} */
const ITEMS = {
  "05012345678900": { id: "12", name: "Earl Grey tea" },
  "00000096385074": { id: "31", name: "Hand soap" },
  "00036000291452": { id: "44", name: "Paper tissues" },
  "09506000134352": { id: "58", name: "Dark chocolate" },
  "SHELF-12/B": { id: "63", name: "Loose almonds" },
};

/** @param {string} code */
function card(code) {
  const { gtin, text } = whatIs(code);
  const item = ITEMS[gtin ?? text];
  const shown = code.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const outcome = item ? "found" : "unknown";
  return `<article class="card" data-outcome="${outcome}" data-item="${item?.id ?? ""}" data-code="${shown}">
    <h2>${item?.name ?? "No item has this code"}</h2></article>`;
}

const VIEW = `<div id="scan-view" data-text-denied="The camera is switched off" data-text-no-camera="No camera here"
    data-text-insecure="Needs https" data-text-starting="Starting">
    <video id="scan-video" muted playsinline></video><button id="scan-start" type="button">Start</button>
    <div id="scan-frame"></div><button id="scan-torch" type="button" hidden>Light</button>
    <div id="scan-offers" hidden></div><output id="scan-message" role="status"></output></div>`;

/** @param {string | null} code */
function scanPage(code) {
  return `<section id="scan" data-scan data-text-unknown="No item has this code" data-text-amount="A whole number">
    ${VIEW}
    <form id="scan-form" action="/" method="get"><input id="scan-code" name="code" autocomplete="off"><button>Find</button></form>
    </section>
    <div id="scan-result">${code ? card(code) : ""}</div><div id="scan-list"></div>
    <template id="scan-dial"><div class="scan-dial" data-dial><button type="button" data-dial-step="-1">less</button>
    <input><button type="button" data-dial-step="1">more</button></div></template>
    <a href="/lines" data-scan-names hidden>Request these</a>
    <button type="button" data-scan-undo hidden>Undo</button>`;
}

/** @type {Record<string, (query: URLSearchParams) => string>} */
const PAGES = {
  "/": (query) => scanPage(query.get("code")),
  "/quiet":
    () => `<p>No field here</p><label>Quantity <input id="quantity" value="3"></label><button id="button">Press</button>
    <textarea id="note"></textarea><input id="search" type="search">`,
  "/lines": (query) => `<form id="lines" method="get" action="/lines" data-scan-into="#add">
    ${query
      .getAll("line")
      .map((line) => `<input name="line" value="${line}">`)
      .join("")}
    ${query.get("add") ? `<input name="line" value="${query.get("add")}">` : ""}
    <input id="add" name="add"><button>Save</button><button data-scan-button>Add</button></form>`,
  "/paper": () => `<button type="button" data-scan-beside aria-expanded="false">Camera</button>
    <section id="scan-beside-view" hidden>${VIEW}</section><output id="scan-told" hidden data-text-counted="{item}: {count} of {announced}"
    data-text-over-receive="{item}: {count}, over {announced}" data-text-stray="{item} is not on it"></output>
    <form action="/paper" method="post" data-scan-paper="receive"><div data-paper-item="12"><span class="line-name">Tea</span>
    <input class="line-field" id="tea" data-fill-with="2"></div></form>`,
};

/** @param {string} path @param {URLSearchParams} query */
function page(path, query) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Scan</title><link rel="icon" href="data:,">
    <link rel="stylesheet" href="/static/try/window.css">
    <script src="/static/try/vendor/htmx.min.js" defer></script>
    <script type="module" src="/static/try/scripts/scan_page.js"></script>
    <script type="module" src="/static/try/scripts/dial.js"></script></head>
    <body data-person="7" hx-boost:inherited="swap:outerSync" hx-sync:inherited="drop">
    <nav><a href="/">Scan</a> <a href="/quiet" id="away">Away</a></nav><main>${PAGES[path](query)}</main></body></html>`;
}

/** @param {string} path below /static/try/ */
async function file(path) {
  const served = JSON.parse(await readFile(new URL("web/served_packages.json", TOP), "utf8"));
  if (path === "window.css") return readFile(new URL("tests/browser/scan/window.css", TOP));
  return readFile(new URL(served[path] ? `web/node_modules/${served[path]}` : `web/${path}`, TOP));
}

/** A worker that answers the scan page and its files from its cache, as the real one does. */
async function cachingWorker() {
  const scripts = (await readdir(new URL("web/scripts/", TOP))).filter(
    (name) => /^(scan|count)_/.test(name) || ["ask.js", "paper_kept.js", "worker.js"].includes(name),
  );
  const vendor = Object.keys(JSON.parse(await readFile(new URL("web/served_packages.json", TOP), "utf8")));
  const paths = ["window.css", ...scripts.map((name) => `scripts/${name}`), ...vendor];
  const files = ["/", ...paths.map((path) => `/static/try/${path}`)];
  return `
    const kept = caches.open("try");
    addEventListener("install", (event) => event.waitUntil(kept.then((cache) => cache.addAll(${JSON.stringify(files)}))));
    addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    addEventListener("fetch", (event) =>
      event.respondWith(caches.match(event.request).then((found) => found ?? fetch(event.request))));`;
}

/**
 * @typedef {object} Habits
 * @property {(code: string) => number} [slow] how long the look-up of a code takes, in milliseconds
 * @property {string} [decoderBegins] a script that the decoder runs first, to give it a phone's own reader
 */

/**
 * Opens the window on a free port.
 * @param {Habits} [habits]
 */
export async function openShopWindow(habits = {}) {
  /** @type {string[]} */
  const asked = [];
  let isDark = false;
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (isDark) return void request.destroy();
    const code = searchParams.get("code");
    if (code) {
      asked.push(code);
      await new Promise((resolve) => setTimeout(resolve, habits.slow?.(code) ?? 0));
    }
    const content = await contentOf(pathname, searchParams, habits).catch(() => null);
    const type = TYPES[extname(pathname)] ?? "text/html";
    response.writeHead(content === null ? 404 : 200, { "Content-Type": type, "Content-Security-Policy": POLICY });
    response.end(content ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    address: `http://localhost:${port}`,
    asked,
    /** From now on nothing is answered: the network is gone. */
    goDark() {
      isDark = true;
      server.closeAllConnections();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * @param {string} path
 * @param {URLSearchParams} query
 * @param {Habits} habits
 */
async function contentOf(path, query, { decoderBegins = "" }) {
  if (path in PAGES) return page(path, query);
  if (path === "/service_worker.js") return cachingWorker();
  const content = await file(path.replace("/static/try/", ""));
  return path.endsWith("/scan_decoder.js") ? decoderBegins + content : content;
}
