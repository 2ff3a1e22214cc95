/**
 * What a scanned, typed or pasted code means, after the GS1 General Specifications (release 26).
 * Twin of gs1.py; examples/gs1.json holds both. `whatIs` finds an item, `read` says everything that a code tells.
 */

import { dayOf } from "./gs1_dates.js";
import { allDigits, checkDigitFits, expandUpcE, gtinOf } from "./gs1_digits.js";
import { inBrackets, inString, judged, SEPARATOR } from "./gs1_elements.js";
import { identifierAt, identifierOf } from "./gs1_identifiers.js";
import { inLink } from "./gs1_links.js";
import { inStoreOf, weightOf } from "./gs1_measures.js";

export { checkDigit, checkDigitFits, expandUpcE, gtinOf } from "./gs1_digits.js";

// AIM identifiers that promise a GS1 element string: GS1-128, DataBar, GS1 DataMatrix, GS1 QR, GS1 DotCode.
const ELEMENT_STRING_MARKS = ["]C1", "]e0", "]d2", "]Q3", "]J1"];
// How hand scanners and people write a separator that they cannot send; no value may hold one of these.
const WRITTEN_SEPARATOR = /\{GS\}|\{FNC1\}|\^|\u241d/g;
// Beyond the Basic Multilingual Plane a character is two to a phone and one to the hub.
const TWO_TO_A_PHONE = /[\ud800-\udfff\u{10000}-\u{10ffff}]/gu;
// The most that any symbol holds, a QR code of digits.
const MOST_CHARACTERS = 7089;
const KEY_LENGTHS = new Map([
  ["00", 20],
  ["01", 16],
  ["02", 16],
]);

/**
 * `text` is the code without its wrapping; `gtin` (14 digits) is there when the code names a trade item.
 * @typedef {{ text: string, gtin?: string }} Meaning
 */

/** @typedef {"elements" | "link" | "digits" | "text"} Form */
/** @typedef {import("./gs1_elements.js").Elements} Elements */
/** @typedef {import("./gs1_elements.js").Mistake} Mistake */
/** @typedef {{ text: string, form: Form, digits: string, elements: Elements, errors: Mistake[], mark: string }} Apart */

/**
 * Everything that a code tells; what it does not tell, or tells wrongly, is null.
 * `ais` holds each application identifier's value as it stands there, also where `errors` names it. `expiry` and
 * `best_before` are ISO days. `quantity` is the count inside. `content` is the GTIN of what a logistic unit holds.
 * @typedef {{ text: string, form: Form, gtin: string | null, ais: Record<string, string>, lot: string | null,
 *   expiry: string | null, best_before: string | null, serial: string | null, quantity: number | null,
 *   weight: import("./gs1_measures.js").Weight | null, sscc: string | null, content: string | null,
 *   in_store: import("./gs1_measures.js").InStore | null, addon: string | null, errors: Mistake[] }} Reading
 */

/**
 * Never fails: a code that names no trade item is its own text.
 * @param {string} code
 * @returns {Meaning}
 */
export function whatIs(code) {
  const apart = takenApart(code);
  const { text, form, elements } = apart;
  const gtin = form === "digits" ? gtinOfDigits(apart) : gtinOfElements(new Map([...elements].reverse()));
  return gtin ? { text, gtin } : { text };
}

/**
 * The number of the logistic unit that a code names, 18 digits with a check digit that fits.
 * @param {string} code
 */
export function ssccOf(code) {
  const { form, digits, elements } = takenApart(code);
  return ssccIn(form === "digits" ? digits : (new Map([...elements].reverse()).get("00") ?? ""));
}

/**
 * Never fails either. `today` is an ISO day, and decides only in which century a date lies.
 * @param {string} code @param {string} today
 * @returns {Reading}
 */
export function read(code, today) {
  const apart = takenApart(code);
  const { values, sound, errors } = judged(apart.elements, today);
  const isDigits = apart.form === "digits";
  const gtin = isDigits ? gtinOfDigits(apart) : gtinOfElements(values);
  const sscc = isDigits ? ssccIn(apart.digits) : (sound.get("00") ?? null);
  if (isDigits && !gtin && !sscc && [8, 12, 13, 14].includes(apart.digits.length)) {
    errors.push({ ai: "", code: "check_digit" });
  }
  const expiry = sound.get("17") ?? sound.get("7003")?.slice(0, 6);
  const bestBefore = sound.get("15");
  const count = sound.get("30") ?? sound.get("37");
  return {
    text: apart.text,
    form: apart.form,
    gtin,
    ais: Object.fromEntries(values),
    lot: sound.get("10") ?? null,
    expiry: expiry ? dayOf(expiry, today, true) : null,
    best_before: bestBefore ? dayOf(bestBefore, today, true) : null,
    serial: sound.get("21") ?? null,
    quantity: count ? Number(count) : null,
    weight: weightOf(sound),
    sscc,
    content: sound.get("02") ?? sound.get("8026")?.slice(0, 14) ?? null,
    in_store: isDigits && gtin ? inStoreOf(gtin) : null,
    addon: apart.mark === "]E3" && isDigits ? apart.digits.slice(13) : null,
    errors: [...apart.errors, ...errors],
  };
}

/** @param {string} code @returns {Apart} */
function takenApart(code) {
  let text = code
    .replace(/[０-９]/g, (wide) => String(wide.charCodeAt(0) - 0xff10))
    .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  let mark = "";
  if (text.length > 3 && /^\][A-Za-z][ -~]/.test(text)) {
    mark = text.slice(0, 3);
    text = text.slice(3);
  }
  let isMarked = ELEMENT_STRING_MARKS.includes(mark);
  if (text.startsWith(SEPARATOR)) {
    text = withoutLeadingSeparators(text);
    isMarked = true;
  }
  /** @type {Apart} */
  const apart = { text, form: "text", digits: "", elements: [], errors: [], mark };
  const plain = text.replace(TWO_TO_A_PHONE, "\ufffd");
  if (plain.length > MOST_CHARACTERS) return apart;
  const link = inLink(plain);
  if (link) return { ...apart, ...link, form: "link" };
  const string = plain.replace(WRITTEN_SEPARATOR, SEPARATOR);
  const found =
    inBrackets(withoutLeadingSeparators(string)) || (isMarked || beginsLikeElements(string) ? inString(string) : null);
  if (found) return { ...apart, ...found, form: "elements" };
  const digits = text.replaceAll(" ", "").replaceAll("-", "");
  return allDigits(digits) ? { ...apart, form: "digits", digits } : apart;
}

/** @param {string} text */
function withoutLeadingSeparators(text) {
  let start = 0;
  while (text[start] === SEPARATOR) start += 1;
  return text.slice(start);
}

/**
 * Most wedge scanners leave out the mark: a key that checks, then nothing or another AI, is taken as elements.
 * @param {string} text
 */
function beginsLikeElements(text) {
  if (text.includes(SEPARATOR)) return text[0] === SEPARATOR || identifierOf(identifierAt(text, 0)) !== null;
  const first = text.slice(0, 2);
  const length = KEY_LENGTHS.get(first) ?? 0;
  const key = text.slice(2, length);
  if (!length || text.length < length || !checkDigitFits(key) || /^0+$/.test(key)) return false;
  const rest = text.slice(length, length + 2);
  return rest ? allDigits(rest) : first !== "02";
}

/** @param {Apart} apart */
function gtinOfDigits({ digits, mark }) {
  const own = mark === "]E3" ? digits.slice(0, 13) : digits;
  // No trade item has a GTIN-8 that begins with 0, so such digits are a UPC-E first, unless the symbol said EAN-8.
  const upcA = mark === "]E4" ? null : expandUpcE(own);
  return gtinOf(upcA ?? own);
}

/**
 * Of the item itself, the item made to order, or the item that this is a piece of; never of what is inside.
 * @param {Map<string, string>} values
 */
function gtinOfElements(values) {
  const first = values.get("01") || values.get("03") || values.get("8006")?.slice(0, 14) || "";
  return first.length === 14 ? gtinOf(first) : null;
}

/** @param {string} digits */
function ssccIn(digits) {
  return digits.length === 18 && checkDigitFits(digits) && !/^0+$/.test(digits) ? digits : null;
}
