/**
 * GS1 Digital Link addresses (URI Syntax, release 1.6); twin of gs1_links.py.
 *
 * The standard asks for 14 digits of a GTIN and for numbers as names. What older releases allowed is still read: 8, 12
 * or 13 digits (said in an error), and names such as `gtin` and `lot`.
 */

import { allDigits } from "./gs1_digits.js";
import { identifierOf } from "./gs1_identifiers.js";
import { TABLE } from "./gs1_table.js";

/** @typedef {import("./gs1_elements.js").Apart} Apart */
/** @typedef {import("./gs1_elements.js").Elements} Elements */
/** @typedef {import("./gs1_elements.js").Mistake} Mistake */

/** @type {Map<string, string>} */
const NAMES = new Map(Object.entries(TABLE.names));
// An authority of any kind (a name, an address, a port), then the path, the query and what a browser keeps to itself.
const ADDRESS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an address holds none, and must not.
  /^[Hh][Tt][Tt][Pp][Ss]?:\/\/([^\x00-\x20\x7f"<>\\^`{|}/?#_~@!$&'()*+,;=%]+)(\/[^?#]*)(?:\?([^#]*))?(?:#.*)?$/s;

/**
 * The elements of an address, its key first; null for an address without a key in its path.
 * @param {string} text @returns {Apart | null}
 */
export function inLink(text) {
  const address = ADDRESS.exec(text);
  if (!address) return null;
  const path = address[2].split("/").slice(1);
  /** @type {Mistake[]} */
  const errors = [];
  if (path.length > 2 && path.at(-1) === "") {
    path.pop();
    errors.push({ ai: "", code: "link_form" });
  }
  const elements = inPath(path);
  if (!elements) return null;
  const [key, ...qualifiers] = elements.map(([ai]) => ai);
  if (qualifiers.length > 0 && !mayFollow(key, qualifiers)) errors.push({ ai: qualifiers[0], code: "link_order" });
  elements[0] = [key, wholeGtin(key, elements[0][1], errors)];
  addQuery(elements, errors, address[3] ?? "");
  return { elements, errors };
}

/**
 * The key is the rightmost one: what stands before it is the publisher's own path.
 * @param {string[]} path @returns {Elements | null}
 */
function inPath(path) {
  /** @type {Elements} */
  const elements = [];
  for (let place = path.length - 2; place >= 0; place -= 2) {
    const ai = NAMES.get(path[place]) ?? path[place];
    const known = identifierOf(ai);
    if (!known) return null;
    elements.unshift([ai, decoded(path[place + 1])]);
    if (known.key) return elements;
  }
  return null;
}

/** @param {string} key @param {string[]} qualifiers */
function mayFollow(key, qualifiers) {
  const chains = identifierOf(key)?.key ?? [];
  return chains.some((chain) => {
    const inOrder = chain.filter((ai) => qualifiers.includes(ai));
    return inOrder.length === qualifiers.length && inOrder.every((ai, place) => ai === qualifiers[place]);
  });
}

/** @param {string} key @param {string} value @param {Mistake[]} errors */
function wholeGtin(key, value, errors) {
  if (key !== "01" || ![8, 12, 13].includes(value.length) || !allDigits(value)) return value;
  errors.push({ ai: key, code: "link_gtin" });
  return value.padStart(14, "0");
}

/**
 * Adds the attributes; what is no number is the publisher's own.
 * @param {Elements} elements @param {Mistake[]} errors @param {string} query
 */
function addQuery(elements, errors, query) {
  const [key, ...qualifiers] = elements.map(([ai]) => ai);
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const ai = pair.slice(0, Math.max(equals, 0));
    if (!allDigits(ai)) continue;
    const known = identifierOf(ai);
    if (!known) {
      errors.push({ ai, code: "unknown_ai" });
      continue;
    }
    if (elements.some(([other]) => other === ai)) {
      errors.push({ ai, code: "repeated" });
      continue;
    }
    if (belongsInPath(key, qualifiers, ai)) errors.push({ ai, code: "link_path" });
    else if (!known.attribute) errors.push({ ai, code: "link_attribute" });
    const said = decoded(pair.slice(equals + 1).replaceAll("+", " "));
    elements.push([ai, ai === "01" && [8, 12, 13].includes(said.length) ? said.padStart(14, "0") : said]);
  }
}

/** @param {string} key @param {string[]} qualifiers @param {string} ai */
function belongsInPath(key, qualifiers, ai) {
  for (let at = 0; at <= qualifiers.length; at += 1) {
    if (mayFollow(key, [...qualifiers.slice(0, at), ai, ...qualifiers.slice(at)])) return true;
  }
  return false;
}

/** Each escape is one character: values hold none beyond ASCII. @param {string} value */
function decoded(value) {
  return value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
