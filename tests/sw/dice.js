/** Chance that falls the same each time: `roll(n)` is 0 up to n − 1. @param {number} seed */
export function dice(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 0x85ebca6b);
    mixed ^= mixed >>> 13;
    return (mixed >>> 0) % Math.max(1, sides);
  };
}
