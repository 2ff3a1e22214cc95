/**
 * Which store lends: who can spare what is wanted and is near; twin of `lending.py`.
 *
 * A store can spare what it has beyond its safety stock `{units, percent}`: so many units, or so much of what is available
 * there, whichever is more. Needs are what one request asks for, the same stores in the same order in each.
 */

/** @typedef {{units: number, percent: number}} Safety */
/** @typedef {{store: number, name_en: string, name_zh: string, distance_m: number, on_hand: number,
 *   reserved: number}} Offer */
/** @typedef {{wanted: number, offers: Offer[]}} Need */
/** @typedef {Offer & {available: number, spare: number, gives: string, given: number}} Lender */

/** Best first. */
const GIVES = ["all", "part", "low", "none"];

/** Units that a store can give without touching its safety stock. @param {number} available @param {Safety} safety */
export function spare(available, { units, percent }) {
  return Math.max(available - Math.max(units, Math.floor((available * percent) / 100)), 0);
}

/**
 * The stores, best lender first, each with `available` and `spare` of the first need and with `gives`.
 *
 * Those that can spare `all`, nearest first; those that can spare `part`, the greatest part first; those that would
 * fall below their safety stock (`low`), nearest first; those with nothing (`none`).
 * @param {Need[]} needs @param {Safety} safety @returns {Lender[]}
 */
export function lendersOf(needs, safety) {
  const offers = needs.length > 0 ? needs[0].offers : [];
  return offers.map((offer, place) => lenderOf(offer, needs, place, safety)).sort(byRank);
}

/** @param {Offer} offer @param {Need[]} needs @param {number} place @param {Safety} safety @returns {Lender} */
function lenderOf(offer, needs, place, safety) {
  const have = needs.map(({ offers }) => offers[place].on_hand - offers[place].reserved);
  const spares = have.map((units) => spare(units, safety));
  const given = spares.map((units, at) => Math.min(units, needs[at].wanted));
  let gives = have.some((units) => units > 0) ? "low" : "none";
  if (given.some(Boolean)) gives = "part";
  if (given.every((units, at) => units === needs[at].wanted)) gives = "all";
  return {
    ...offer,
    available: have[0],
    spare: spares[0],
    gives,
    given: given.reduce((sum, units) => sum + units, 0),
  };
}

/** @param {Lender} a @param {Lender} b */
function byRank(a, b) {
  const part = a.gives === "part" ? b.given - a.given : 0;
  return GIVES.indexOf(a.gives) - GIVES.indexOf(b.gives) || part || a.distance_m - b.distance_m || a.store - b.store;
}
