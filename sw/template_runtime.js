/**
 * What compiled templates lean on: Jinja's and Python's meaning of truth, equality, printing and escaping.
 *
 * Whatever the two ends might see differently throws here; nothing is guessed.
 */

/** Text that is already HTML: what a macro gives back. */
export class Markup {
  /** @param {string} html */
  constructor(html) {
    this.html = html;
  }
}

/** @typedef {string | number | boolean | null | Markup | Value[] | { [key: string]: Value }} Value */
/** @typedef {{ [name: string]: Value }} Names */

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

/**
 * The names that a template sees: nothing inherited, so that a name like `constructor` can be missing.
 * @param {Names} given
 * @returns {Names}
 */
export function namesOf(given) {
  return Object.assign(Object.create(null), given);
}

/**
 * What an included piece sees: all names around it and the local ones given here.
 * @param {Names} names
 * @param {Record<string, Value | undefined>} local
 * @returns {Names}
 */
export function within(names, local) {
  const inner = Object.create(names);
  for (const name of Object.keys(local)) if (local[name] !== undefined) inner[name] = local[name];
  return inner;
}

/**
 * @param {Value | undefined} value
 * @param {string} name
 * @returns {Value}
 */
export function have(value, name) {
  if (value === undefined) throw new ReferenceError(`${name} is missing`);
  return value;
}

/** @param {string} text */
export function escaped(text) {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => ENTITIES[character]) : text;
}

/**
 * As Python's `str()` would write it, before escaping.
 * @param {Value} value
 * @returns {string}
 */
export function text(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(whole(value));
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  if (value instanceof Markup) return value.html;
  throw new TypeError(`not text, a whole number or a truth value: ${JSON.stringify(value)}`);
}

/**
 * As it stands in the page.
 * @param {Value} value
 */
export function print(value) {
  if (typeof value === "string") return escaped(value);
  return text(value);
}

/** @param {Value} value */
export function truth(value) {
  if (typeof value !== "object") return have(value, "a value") !== 0 && value !== "" && value !== false;
  return value !== null && length(value) > 0;
}

/**
 * @param {Value} left
 * @param {() => Value} right
 */
export function and(left, right) {
  return truth(left) ? right() : left;
}

/**
 * @param {Value} left
 * @param {() => Value} right
 */
export function or(left, right) {
  return truth(left) ? left : right();
}

/**
 * Python's `len()`: characters and not UTF-16 units of a text.
 * @param {Value} value
 * @returns {number}
 */
export function length(value) {
  if (typeof value === "string") return characters(value).length;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Markup) return characters(value.html).length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  throw new TypeError(`has no length: ${value}`);
}

/**
 * What `for` walks over.
 * @param {Value} value
 * @returns {Value[]}
 */
export function list(value) {
  if (!Array.isArray(value)) throw new TypeError(`not a list: ${JSON.stringify(value)}`);
  return value;
}

/**
 * @param {Value} holder
 * @param {Value} key
 * @returns {Value}
 */
export function get(holder, key) {
  if (Array.isArray(holder) && typeof key === "number") {
    return have(holder[key < 0 ? holder.length + key : key], `place ${key}`);
  }
  const isRecord =
    typeof holder === "object" && holder !== null && !Array.isArray(holder) && !(holder instanceof Markup);
  if (!isRecord || typeof key !== "string" || !Object.hasOwn(holder, key))
    throw new ReferenceError(`${key} is missing`);
  return have(holder[key], key);
}

/**
 * Python's `==`: true equals 1, a text never equals a number, lists and records by what they hold.
 * @param {Value} left
 * @param {Value} right
 * @returns {boolean}
 */
export function equal(left, right) {
  const [a, b] = [bare(left), bare(right)];
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) {
    const other = /** @type {Value[]} */ (b);
    return a.length === other.length && a.every((each, place) => equal(each, other[place]));
  }
  const [mine, theirs] = [/** @type {Names} */ (a), /** @type {Names} */ (b)];
  const keys = Object.keys(mine);
  return (
    keys.length === Object.keys(theirs).length &&
    keys.every((key) => Object.hasOwn(theirs, key) && equal(mine[key], theirs[key]))
  );
}

/**
 * Below zero, zero or above; texts by code point, as Python does, and never a text against a number.
 * @param {Value} left
 * @param {Value} right
 * @returns {number}
 */
export function compare(left, right) {
  const [a, b] = [bare(left), bare(right)];
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") throw new TypeError("these have no order");
  if (a === b) return 0;
  const [mine, theirs] = [characters(a), characters(b)];
  const place = mine.findIndex((each, at) => each !== theirs[at]);
  if (place < 0 || place >= theirs.length) return mine.length - theirs.length;
  return /** @type {number} */ (mine[place].codePointAt(0)) - /** @type {number} */ (theirs[place].codePointAt(0));
}

/**
 * @param {Value} member
 * @param {Value} holder
 * @returns {boolean}
 */
export function among(member, holder) {
  const inside = bare(holder);
  if (Array.isArray(inside)) return inside.some((each) => equal(each, member));
  const key = bare(member);
  if (typeof inside === "string" && typeof key === "string") return inside.includes(key);
  if (typeof inside === "object" && inside !== null && (key === null || typeof key !== "object")) {
    return typeof key === "string" && Object.hasOwn(inside, key);
  }
  throw new TypeError("cannot be looked for there");
}

/**
 * @param {Value} left
 * @param {Value} right
 */
export function add(left, right) {
  return whole(/** @type {number} */ (left) + whole(right), left);
}

/**
 * @param {Value} left
 * @param {Value} right
 */
export function subtract(left, right) {
  return whole(/** @type {number} */ (left) - whole(right), left);
}

/**
 * `~`: once one part is markup, the others are escaped and the whole is markup.
 * @param {Value[]} parts
 * @returns {Value}
 */
export function join(parts) {
  if (parts.some((part) => part instanceof Markup)) return new Markup(parts.map(print).join(""));
  return parts.map(text).join("");
}

/**
 * A sentence with `{name}` places. Markup given for a place makes markup of the whole.
 * @param {string} sentence
 * @param {Record<string, Value>} values
 * @returns {Value}
 */
export function say(sentence, values) {
  const places = sentence.split(/\{([a-z_]+)\}/);
  return join(places.map((part, at) => (at % 2 === 1 ? values[part] : part)));
}

/**
 * @param {Value} value
 * @param {Value} [operand] checked too, where one more stands in the sum
 * @returns {number}
 */
function whole(value, operand = 0) {
  if (!Number.isSafeInteger(value) || !Number.isSafeInteger(operand)) {
    throw new TypeError(`not a whole number: ${JSON.stringify(value)}`);
  }
  return /** @type {number} */ (value);
}

/**
 * @param {Value} value
 * @returns {Value}
 */
function bare(value) {
  if (value instanceof Markup) return value.html;
  if (value === true) return 1;
  if (value === false) return 0;
  return have(value, "a value");
}

/** @param {string} string */
function characters(string) {
  return Array.from(string);
}
