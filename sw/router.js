/** Which requests the phone answers itself, and with what: one path, with or without a network. */

import { HUB_ALONE } from "./catalogue/pages.js";
import { formRoutes } from "./forms.js";
import { queueFile, wantsQueue } from "./queue_file.js";
import { NotKept } from "./storage.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./phone.js").Phone} Phone */
/** @typedef {{path: RegExp, page: string, template: string, isHere?: (view: View, id: string) => boolean,
 *   leadsTo?: (view: View, id: string) => string | null}} Route */

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const MISSING_TEMPLATE = "catalogue/missing.html";

/** Unknown addresses are the network's. @type {Route[]} */
const ROUTES = [
  { path: /^\/$/, page: "homePage", template: "scan/home.html" },
  { path: /^\/items$/, page: "itemListPage", template: "catalogue/list.html" },
  {
    path: /^\/items\/([1-9][0-9]{0,9})$/,
    page: "itemPage",
    template: "catalogue/item.html",
    isHere: (view, id) => view.rangedHere(Number(id)),
    leadsTo: mergedItem,
  },
  { path: /^\/transfers$/, page: "transferListPage", template: "transfers/list.html" },
  { path: /^\/transfers\/new$/, page: "transferNewPage", template: "transfers/new.html" },
  {
    path: new RegExp(`^/transfers/(${UUID})$`),
    page: "transferShowPage",
    template: "transfers/show.html",
    isHere: (view, id) => view.transfer(id) !== null,
  },
  { path: /^\/inbox$/, page: "inboxPage", template: "inbox/inbox.html" },
  { path: /^\/outbox$/, page: "outboxPage", template: "inbox/outbox.html" },
  { path: /^\/reviews$/, page: "reviewListPage", template: "reviews/list.html" },
  { path: /^\/counts$/, page: "countListPage", template: "counts/list.html" },
  {
    path: new RegExp(`^/counts/(${UUID})$`),
    page: "countShowPage",
    template: "counts/show.html",
    isHere: (view, id) => view.counting(id) !== null,
    leadsTo: (view, id) => (view.counting(id)?.closed ? "/counts" : null),
  },
  { path: /^\/expiry$/, page: "expiryPage", template: "lots/expiry.html" },
  { path: /^\/unknown-codes$/, page: "unknownCodeListPage", template: "unknown_codes/list.html" },
  { path: /^\/unknown-codes\/match$/, page: "unknownCodeMatchPage", template: "unknown_codes/match.html" },
  { path: /^\/me$/, page: "mePage", template: "people/me.html" },
  { path: /^\/tour$/, page: "tourPage", template: "tour/tour.html" },
  { path: /^\/checkup$/, page: "checkupPage", template: "checkup/checkup.html" },
  { path: /^\/labels$/, page: "labelPage", template: "labels/labels.html" },
];

/**
 * Whether a request may be ours; known at once, before anything is read. A form of another site reaches a worker with
 * its body readable, and what the outbox sends later is same-origin: so a POST is taken only when it is no navigation
 * and carries the header that other sites cannot send.
 * @param {Request} request
 */
export function takes(request) {
  const { pathname } = new URL(request.url);
  if (wantsQueue(request)) return true;
  if (request.method === "GET") return isHubs(pathname) || ROUTES.some((route) => route.path.test(pathname));
  const ours = request.mode !== "navigate" && request.headers.get("HX-Request") === "true";
  return request.method === "POST" && ours && formRoutes.some((route) => route.path.test(pathname));
}

/**
 * Null where the network has to answer: nobody is here, the first pull has not come to its end, or the page is about
 * something that is not on this phone.
 * @param {import("./phone.js").Phone} phone @param {Request} request @returns {Promise<Response | null>}
 */
export async function handle(phone, request) {
  if (!takes(request)) return null;
  if (isHubs(new URL(request.url).pathname)) return await hidden(phone, request);
  const [view, fields] = await Promise.all([phone.view(), request.method === "POST" ? fieldsOf(request) : {}]);
  if (view === null) return null;
  if (wantsQueue(request)) return await queueFile(phone);
  const url = new URL(request.url);
  const onward = request.method === "GET" ? elsewhere(view, url) : null;
  if (onward !== null) return Response.redirect(new URL(onward, request.url).href, 303);
  return request.method === "GET" ? shown(phone, view, url) : await taken(phone, view, url, fields);
}

/**
 * The markup alone, for a page of ours that asks by word; null where a fetch has to bring it, which also says why.
 * @param {Phone} phone @param {URL} url @returns {Promise<string | null>}
 */
export async function markupAt(phone, url) {
  if (!ROUTES.some((route) => route.path.test(url.pathname))) return null;
  const view = await phone.view();
  if (view === null || elsewhere(view, url) !== null) return null;
  return markup(phone, view, url);
}

/** Whether the hub alone shows it, and this phone only what stands in for it. @param {string} pathname */
function isHubs(pathname) {
  return HUB_ALONE.some((path) => path.test(pathname));
}

/** The hub may not have heard yet that this person began to count without figures. @param {Phone} phone @param {Request} request */
async function hidden(phone, request) {
  const view = await phone.view();
  return view?.blind ? lacking(phone, view, request) : null;
}

/** Where the page of an item that was merged leads. @param {View} view @param {string} id */
function mergedItem(view, id) {
  const into = view.rangedHere(Number(id)) ? view.item(Number(id))?.into : undefined;
  return into === undefined ? null : `/items/${into}`;
}

/** Another address, where this one only leads there. @param {View} view @param {URL} url */
function elsewhere(view, url) {
  const route = routeOf(url);
  return route.leadsTo?.(view, route.path.exec(url.pathname)?.[1] ?? "") ?? null;
}

/**
 * What stands in for a page that only the hub could have shown, when the hub cannot be reached.
 * @param {import("./phone.js").Phone} phone @param {Request} request @returns {Promise<Response | null>}
 */
export async function missing(phone, request) {
  const view = takes(request) && !wantsQueue(request) ? await phone.view() : null;
  if (view === null) return null;
  return request.method === "GET" ? lacking(phone, view, request) : await unkept(phone, view, request);
}

/** @param {Phone} phone @param {View} view @param {Request} request */
function lacking(phone, view, request) {
  const { pages, mint, render } = phone.world;
  const record = pages.missingPage(view, { url: new URL(request.url), mint });
  return answered(phone, view, render[view.locale](MISSING_TEMPLATE, record), 404);
}

/** @param {unknown} error */
function notKept(error) {
  if (error instanceof NotKept) return null;
  throw error;
}

/** The form again, with what was typed, where neither this phone nor the hub could take it. @param {Phone} phone @param {View} view @param {Request} request */
async function unkept(phone, view, request) {
  const { trouble } = phone.storage;
  if (trouble === null) return null;
  const problem = { code: trouble === "full" ? "phone_full" : "phone_lost", params: {} };
  return shown(phone, view, new URL(request.url), { fields: await fieldsOf(request), problem });
}

/** @param {Phone} phone @param {View} view @param {URL} url @param {Record<string, string[]>} fields */
async function taken(phone, view, url, fields) {
  const route = /** @type {import("./forms.js").FormRoute} */ (formRoutes.find((one) => one.path.test(url.pathname)));
  const id = route.path.exec(url.pathname)?.[1] ?? "";
  // A form about something that is not here is the hub's.
  if (id && routeOf(url).isHere?.(view, id) === false) return null;
  const done = await route.take(phone, view, fields, id, url).catch(notKept);
  // The hub may still take it; under the same id, so that nothing is booked twice.
  if (done === null) return null;
  if ("problem" in done) return shown(phone, view, url, { fields, problem: done.problem });
  return Response.redirect(new URL(done.to, url).href, 303);
}

/**
 * @param {Phone} phone @param {View} view @param {URL} url @param {import("./surroundings.js").PageRequest["form"]} [form]
 */
function shown(phone, view, url, form) {
  const text = markup(phone, view, url, form);
  return text === null ? null : answered(phone, view, text, form ? 422 : 200);
}

/**
 * @param {Phone} phone @param {View} view @param {URL} url @param {import("./surroundings.js").PageRequest["form"]} [form]
 * @returns {string | null}
 */
function markup(phone, view, url, form) {
  // Not waited for: a phone that has no room to note it is the one that has to show this page.
  if (!form && url.pathname === "/outbox") phone.refusalsSeen(view).catch(phone.world.report);
  const { page, template } = routeOf(url);
  const { pages, mint, render } = phone.world;
  const record = pages[page](view, { url, mint, ...(form ? { form } : {}) });
  return record === null ? null : render[view.locale](template, record);
}

/** @param {Phone} phone @param {View} view @param {string} text @param {number} status */
function answered(phone, view, text, status) {
  return new Response(text, { status, headers: phone.world.release.headers[view.locale] });
}

/** @param {URL} url */
function routeOf({ pathname }) {
  return /** @type {Route} */ (ROUTES.find((route) => route.path.test(pathname)));
}

/** Read from a copy: what turns out to be the hub's to answer still has its body. @param {Request} request @returns {Promise<Record<string, string[]>>} */
async function fieldsOf(request) {
  /** @type {Record<string, string[]>} */
  const fields = {};
  for (const [name, value] of await request.clone().formData()) {
    if (typeof value !== "string") continue;
    if (!Object.hasOwn(fields, name)) fields[name] = [];
    fields[name].push(value);
  }
  return fields;
}
