/** Who else could lend what one store cannot give; twin of `instead.py`. */

import { lendersOf } from "./lending.js";
import { hasEnded, isPushed } from "./projection.js";
import { nameIn } from "./shelf.js";

/** @typedef {import("./projection.js").Transfer} Transfer */

/**
 * Units by item that the lender will not give: by what it has available while nobody decided (`offers`, null where that
 * is not known here), by what was decided afterwards. Nothing once goods are on their way.
 * @param {Transfer} transfer @param {Map<number, number> | null} offers @returns {Map<number, number>}
 */
export function missing(transfer, offers) {
  const { state, lines } = transfer;
  /** @type {Map<number, number>} */
  const gaps = new Map();
  // Nobody needs what was offered from there.
  if (isPushed(transfer)) return gaps;
  if (!["requested", "approved", "rejected"].includes(state) || (state === "requested" && offers === null)) return gaps;
  const left = new Map(offers ?? []);
  for (const { item, requested, approved } of lines) {
    let given = state === "approved" ? (approved ?? 0) : 0;
    if (state === "requested") {
      const here = left.get(item) ?? 0;
      given = Math.min(Math.max(here, 0), requested);
      left.set(item, here - given);
    }
    if (requested > given) gaps.set(item, (gaps.get(item) ?? 0) + requested - given);
  }
  return gaps;
}

/**
 * The store that can best spare what is missing: `{store_name, gives, href}`; null where there is none to tell of.
 *
 * `offers` are those of the reader's neighbours by item; see `lending.js`. Who is in the asking store is led to a
 * request for the rest by `href`; who decides is told of it alone, while it is theirs to decide.
 * @param {Transfer} transfer @param {import("./roles.js").Reader} reader @param {Map<number, number>} gaps
 * @param {Map<number, import("./lending.js").Offer[]>} offers @param {import("./lending.js").Safety} safety
 */
export function instead({ from, to, state }, reader, gaps, offers, safety) {
  const asks = reader.store === to;
  if (gaps.size === 0 || !(asks || (reader.store === from && state === "requested"))) return null;
  const needs = [...gaps].map(([item, wanted]) => {
    const others = (offers.get(item) ?? []).filter(({ store }) => store !== from && store !== to);
    return { wanted, offers: others };
  });
  const [best] = lendersOf(needs, safety);
  if (!best || !["all", "part"].includes(best.gives)) return null;
  const lines = [...gaps].map(([item, units]) => `&item=${item}&quantity=${units}`).join("");
  return {
    store_name: nameIn(reader.locale, best),
    gives: best.gives,
    href: asks ? `/transfers/new?from=${best.store}${lines}` : "",
  };
}

/**
 * Whether the same store asked somebody for one of these items afterwards, and it is still open.
 * @param {Transfer} transfer @param {Transfer[]} papers @param {Map<number, number>} gaps
 */
export function askedSince({ id, to, requested_at }, papers, gaps) {
  const later = papers.filter((one) => one.to === to && one.id !== id && one.requested_at >= requested_at);
  return later.some((one) => !hasEnded(one.state) && one.lines.some((line) => gaps.has(line.item)));
}
