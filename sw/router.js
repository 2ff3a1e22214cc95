/** Which requests the phone answers itself, and with what: one path, with or without a network. */

import { formRoutes } from "./forms.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {{path: RegExp, page: string, template: string, known?: (view: View, id: string) => boolean}} Route */

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const MISSING = { page: "missingPage", template: "catalogue/missing.html" };

/** Unknown addresses are the network's. @type {Route[]} */
const ROUTES = [
  { path: /^\/$/, page: "homePage", template: "scan/home.html" },
  { path: /^\/items$/, page: "itemListPage", template: "catalogue/list.html" },
  {
    path: /^\/items\/([1-9][0-9]{0,9})$/,
    page: "itemPage",
    template: "catalogue/item.html",
    known: (view, id) => view.item(Number(id)) !== null,
  },
  { path: /^\/transfers$/, page: "transferListPage", template: "transfers/list.html" },
  { path: /^\/transfers\/new$/, page: "transferNewPage", template: "transfers/new.html" },
  {
    path: new RegExp(`^/transfers/(${UUID})$`),
    page: "transferShowPage",
    template: "transfers/show.html",
    known: (view, id) => view.transfer(id) !== null,
  },
  { path: /^\/inbox$/, page: "inboxPage", template: "inbox/inbox.html" },
  { path: /^\/outbox$/, page: "outboxPage", template: "inbox/outbox.html" },
  { path: /^\/me$/, page: "mePage", template: "people/me.html" },
];

/**
 * Whether a request may be ours; known at once, before anything is read. A form of another site reaches a worker with
 * its body readable, and what the outbox sends later is same-origin: so a POST is taken only when it is no navigation
 * and carries the header that other sites cannot send.
 * @param {Request} request
 */
export function takes(request) {
  const { pathname } = new URL(request.url);
  if (request.method === "GET") return ROUTES.some((route) => route.path.test(pathname));
  const ours = request.mode !== "navigate" && request.headers.get("HX-Request") === "true";
  return request.method === "POST" && ours && formRoutes.some((route) => route.path.test(pathname));
}

/**
 * Null where the network has to answer: nobody is here, or the first pull has not come to its end.
 * @param {import("./phone.js").Phone} phone @param {Request} request @returns {Promise<Response | null>}
 */
export async function handle(phone, request) {
  if (!takes(request)) return null;
  const view = await phone.view();
  if (view === null) return null;
  if (request.method === "GET") return shown(phone, view, new URL(request.url));
  const url = new URL(request.url);
  const route = /** @type {import("./forms.js").FormRoute} */ (formRoutes.find((one) => one.path.test(url.pathname)));
  const id = route.path.exec(url.pathname)?.[1] ?? "";
  if (routeOf(url).known?.(view, id) === false) return shown(phone, view, url);
  const fields = await fieldsOf(request);
  const done = await route.take(phone, view, fields, id);
  if ("problem" in done) return shown(phone, view, url, { fields, problem: done.problem });
  return Response.redirect(new URL(done.to, request.url).href, 303);
}

/**
 * @param {import("./phone.js").Phone} phone @param {View} view @param {URL} url
 * @param {import("./surroundings.js").PageRequest["form"]} [form]
 */
function shown(phone, view, url, form) {
  const { pages, render, release, mint } = phone.world;
  const route = routeOf(url);
  const missing = route.known?.(view, route.path.exec(url.pathname)?.[1] ?? "") === false;
  const { page, template } = missing ? MISSING : route;
  const record = pages[page](view, { url, mint, ...(form && !missing ? { form } : {}) });
  const status = missing ? 404 : form ? 422 : 200;
  const headers = { ...release.headers, "content-language": view.locale };
  return new Response(render[view.locale](template, record), { status, headers });
}

/** @param {URL} url */
function routeOf({ pathname }) {
  return /** @type {Route} */ (ROUTES.find((route) => route.path.test(pathname)));
}

/** @param {Request} request @returns {Promise<Record<string, string[]>>} */
async function fieldsOf(request) {
  /** @type {Record<string, string[]>} */
  const fields = {};
  for (const [name, value] of await request.formData()) {
    if (typeof value !== "string") continue;
    if (!Object.hasOwn(fields, name)) fields[name] = [];
    fields[name].push(value);
  }
  return fields;
}
