/** Which addresses are asked from both ends: every page, with what people and strangers put into a query. */

const UNKNOWN_TRANSFER = "/transfers/00000000-0000-4000-8000-000000000000";

/** Queries of the item list: Chinese, folded, hostile, paged. */
const SEARCHES = [
  "q=",
  "q=tea",
  "q=TEA%20green",
  "q=%E7%BB%BF%E8%8C%B6",
  "q=%E8%8C%B6%20%E7%BB%BF",
  "q=cafe",
  "q=CAF%C3%89",
  "q=cafe%CC%81",
  "q=stra%C3%9Fe",
  "q=STRASSE",
  "q=%EF%BC%B4%EF%BC%A5%EF%BC%A1",
  "q=S-001",
  "q=s-001",
  "q=400000000015",
  "q=00400000000015",
  "q=04006381333931",
  "q=4006381333931",
  "q=%20%20",
  "q=%E3%80%80",
  "q=%22%3E%3Cscript%3E",
  "q=%26amp%3B",
  "q=a&q=b",
  "q=%00",
  "q=%ED%A0%80",
  "q=%FF",
  "q=+tea+",
  "q=%25",
  "q=_",
  "q=%F0%9F%8D%B5",
  `q=${"x".repeat(300)}`,
  "q=nothing+is+called+this",
  "page=2",
  "page=1",
  "page=0",
  "page=-1",
  "page=99",
  "page=x",
  "page=",
  "page=02",
  "page=2.0",
  "page=%EF%BC%92",
  "page=1e1",
  "page=99999999999999999999",
  "q=item&page=2",
  "page=2&page=1",
];

const CODES = [
  "",
  "%20",
  "400000000015",
  "00400000000015",
  "S-001",
  "s-002",
  "%20S-001%20",
  "0104006381333931",
  "%5DC10104006381333931",
  "https%3A%2F%2Fid.gs1.org%2F01%2F00400000000015%2F10%2FLOT",
  "(01)00400000000015(17)240200(10)L%26%3C1%3E(21)S'1(30)6(3103)001250(15)270101",
  "%5DC10100400000000015172613311%1D10%22A%22%1D89",
  "400000000016",
  "9999999999999",
  "%3Cb%3E",
  "%22%27%26",
  "%E7%BB%BF",
  "%00",
  "%1D",
  "x".repeat(400),
  "S-999",
  "4006381333932",
];

const TOUR = [
  "",
  "?step=1",
  "?step=2",
  "?step=3",
  "?step=3&taken=1",
  "?step=4",
  "?step=0",
  "?step=x",
  "?step=5",
  "?step=%31",
  "?step=2&taken=1",
];

/** The query of a request while it is written. @param {any} goods @param {number[]} near */
function drafts(goods, near) {
  const [one, other, third] = goods.items;
  return [
    "",
    `item=${one}&quantity=3`,
    `from=${near[0] ?? 2}&item=${one}&quantity=3`,
    `from=99&item=${one}&quantity=3`,
    `item=${one}&quantity=1&item=${other}&quantity=2&add=S-001`,
    `item=${one}&quantity=1&add=S-001`,
    "add=400000000015",
    "add=nothing",
    "add=%3Cb%3E",
    "add=",
    "add=%20",
    `item=${one}&quantity=abc`,
    `item=${one}&quantity=&note=%E5%91%A8%E6%9C%AB%20%3Ci%3E`,
    `item=${one}`,
    "quantity=4",
    `item=x&quantity=1`,
    `item=0&quantity=1`,
    `item=${other}&quantity=%EF%BC%93`,
    `from=x&item=${one}&quantity=1`,
    `item=${one}&quantity=1&item=${one}&quantity=5`,
    `from=${near.at(-1) ?? 3}&add=S-00${third}&note=a%0D%0Ab`,
    `add=S-00${one}&item=${one}&quantity=x`,
    `add=S-00${one}&item=${one}&quantity=999999`,
    `add=S-00${one}&item=${one}&quantity=-1`,
  ].map((query) => `/transfers/new?${query}`);
}

/** Labels: chosen, begun, hostile. @param {any} goods */
function labels(goods) {
  const [one, other] = goods.items;
  return [
    "",
    `item=${one}&quantity=2&item=${other}&quantity=1`,
    `item=${one}&paper=roll-80&codes=qr`,
    `item=${one}&quantity=3&paper=a4-4x10&start=39&add=S-001`,
    `item=${one}&quantity=x&paper=%3Cb%3E&codes=&start=0`,
    "add=tea",
    "add=%22%3E%3Cscript%3E",
  ].map((query) => `/labels?${query}`);
}

/**
 * What the worker must answer itself, for the person that a view belongs to.
 * @param {any} view @param {any} goods @returns {string[]}
 */
export function ownPages(view, goods) {
  const near = view.neighbours().map((/** @type {any} */ one) => one[0]);
  return [
    ...CODES.map((code) => `/?code=${code}`),
    "/",
    "/?code=a&code=S-001",
    "/?other=1",
    "/items",
    ...SEARCHES.map((query) => `/items?${query}`),
    ...view.itemsSorted().map((/** @type {any} */ item) => `/items/${item.id}`),
    "/transfers",
    "/transfers?x=1",
    "/transfers?q=tea",
    "/transfers?q=%E8%8C%B6",
    "/transfers?q=zzz-zzz",
    "/transfers?q=%22%3E%3Cscript%3E%00",
    "/inbox",
    "/outbox",
    "/reviews",
    "/counts",
    "/expiry",
    "/unknown-codes",
    "/unknown-codes/match",
    ...CODES.map((code) => `/unknown-codes/match?code=${code}`),
    "/unknown-codes/match?code=4006381333931&q=tea",
    "/unknown-codes/match?code=4006381334006&q=400000000015",
    "/unknown-codes/match?code=AB-12%20%3Cb%3E&q=%3Cb%3E",
    "/me",
    "/checkup",
    ...TOUR.map((query) => `/tour${query}`),
    ...drafts(goods, near).filter((path) => namesOnly(path, view)),
    ...labels(goods).filter((path) => namesOnly(path, view)),
    ...countsAtWork(view),
    ...view.transfers().map((/** @type {any} */ transfer) => `/transfers/${transfer.id}`),
  ];
}

/** @param {any} view */
function countsAtWork(view) {
  const open = view.countings().filter((/** @type {any} */ one) => !one.closed);
  return open.flatMap((/** @type {any} */ one) =>
    ["", "?shelf=A", "?shelf=%3Cb%3E"].map((at) => `/counts/${one.id}${at}`),
  );
}

/** Whether every item that an address names is on the phone. @param {string} path @param {any} view */
function namesOnly(path, view) {
  const named = new URL(path, "http://phone").searchParams.getAll("item").map(Number);
  return named.every((item) => !(item > 0) || view.rangedHere(item));
}

/** What nobody has: the hub says so, and the worker where the hub cannot be reached. */
export const NOWHERE = ["/items/987654", "/items/9999999999", UNKNOWN_TRANSFER];
