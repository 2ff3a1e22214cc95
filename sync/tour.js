/** The steps of the tour and the figures of its practice item; twin of `tour.py`. */

const PARTS = ["scan", "number", "adjust", "offline"];
const [ON_HAND, RESERVED, COMING] = [14, 2, 6];

/**
 * What `?step=&taken=` show to somebody of this level. An unknown step is the first; who has no stock powers (1, 5,
 * none) has no step `adjust`.
 * @param {string} step @param {string} taken @param {number} level
 */
export function tourOf(step, taken, level) {
  const acts = 2 <= level && level <= 4;
  const parts = PARTS.filter((part) => acts || part !== "adjust");
  const places = parts.map((_, place) => place + 1);
  const place = places.find((one) => String(one) === step) ?? 1;
  const part = parts[place - 1];
  const isTaken = part === "adjust" && taken === "1";
  const onHand = isTaken ? ON_HAND - 1 : ON_HAND;
  return {
    part,
    place,
    places,
    next: place < parts.length ? place + 1 : 0,
    taken: isTaken,
    available: onHand - RESERVED,
    on_hand: onHand,
    reserved: RESERVED,
    coming: COMING,
  };
}
