/**
 * What a scanned, typed or pasted code means, after the GS1 General Specifications.
 * Twin of gs1.py; examples/gs1.json holds both.
 */

/**
 * `text` is the code without its wrapping; `gtin` (14 digits) is there when the code names a trade item.
 * @typedef {{ text: string, gtin?: string }} Meaning
 */

const GROUP_SEPARATOR = "\x1d";
// AIM identifiers that promise a GS1 element string: GS1-128, DataBar, GS1 DataMatrix, GS1 QR, GS1 DotCode.
const ELEMENT_STRING_MARKS = ["]C1", "]e0", "]d2", "]Q3", "]J1"];

/**
 * The digit that belongs after `payload`: modulo 10, weights 3, 1 from the right (General Specifications 7.9).
 * @param {string} payload
 */
export function checkDigit(payload) {
  let weighted = 0;
  for (let place = 0; place < payload.length; place += 1) {
    weighted += Number(payload[payload.length - 1 - place]) * (place % 2 ? 1 : 3);
  }
  return String((10 - (weighted % 10)) % 10);
}

/**
 * True for ASCII digits only, of which the last is the check digit of the others.
 * @param {string} digits
 */
export function checkDigitFits(digits) {
  return digits.length > 1 && allDigits(digits) && checkDigit(digits.slice(0, -1)) === digits.slice(-1);
}

/**
 * GTIN-8, UPC-A, EAN-13 or ITF-14 digits as 14; null for another length, a wrong check digit or only zeros.
 * @param {string} digits
 */
export function gtinOf(digits) {
  if (![8, 12, 13, 14].includes(digits.length) || !checkDigitFits(digits) || /^0+$/.test(digits)) return null;
  return digits.padStart(14, "0");
}

/**
 * The 12 digits of UPC-A behind a UPC-E of number system, six digits and check digit; null when they do not fit.
 * A number that another last digit would have shortened further was never printed so, and is refused too.
 * @param {string} digits
 */
export function expandUpcE(digits) {
  if (!/^[01][0-9]{7}$/.test(digits)) return null;
  const body = digits.slice(1, 7);
  const last = digits[6];
  let middle = "";
  if ("012".includes(last)) middle = `${body.slice(0, 2)}${last}0000${body.slice(2, 5)}`;
  else if (last === "3" && body[2] > "2") middle = `${body.slice(0, 3)}00000${body.slice(3, 5)}`;
  else if (last === "4" && body[3] > "0") middle = `${body.slice(0, 4)}00000${body[4]}`;
  else if (last > "4" && body[4] > "0") middle = `${body.slice(0, 5)}0000${last}`;
  const expanded = digits[0] + middle + digits[7];
  return middle && checkDigitFits(expanded) ? expanded : null;
}

/**
 * Never fails: a code that names no trade item is its own text.
 * @param {string} code
 * @returns {Meaning}
 */
export function whatIs(code) {
  let text = code
    .replace(/[０-９]/g, (wide) => String(wide.charCodeAt(0) - 0xff10))
    .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  let isElementString = ELEMENT_STRING_MARKS.some((mark) => text.startsWith(mark));
  const isEan8 = text.startsWith("]E4");
  if (text.length > 3 && /^\][A-Za-z][ -~]/.test(text)) text = text.slice(3);
  if (text.startsWith(GROUP_SEPARATOR)) {
    text = withoutLeadingSeparators(text);
    isElementString = true;
  }
  const gtin =
    gtinInElementString(text, isElementString) ||
    gtinInDigitalLink(text) ||
    (isElementString ? null : gtinInDigits(text, isEan8));
  return gtin ? { text, gtin } : { text };
}

/** @param {string} text */
function allDigits(text) {
  return /^[0-9]+$/.test(text);
}

/** @param {string} text */
function withoutLeadingSeparators(text) {
  let start = 0;
  while (text[start] === GROUP_SEPARATOR) start += 1;
  return text.slice(start);
}

/**
 * @param {string} text
 * @param {boolean} isEan8
 */
function gtinInDigits(text, isEan8) {
  const digits = text.replaceAll(" ", "").replaceAll("-", "");
  // No trade item has a GTIN-8 that begins with 0, so such digits are a UPC-E first, unless the symbol said EAN-8.
  const upcA = isEan8 ? null : expandUpcE(digits);
  return gtinOf(upcA ?? digits);
}

/**
 * @param {string} text
 * @param {boolean} isMarked
 */
function gtinInElementString(text, isMarked) {
  if (text.startsWith("(01)")) {
    return text.length === 18 || text[18] === "(" ? gtinOf(text.slice(4, 18)) : null;
  }
  if (!text.startsWith("01") || text.length < 16) return null;
  // Most wedge scanners leave out the mark: 01, a GTIN that checks, then nothing or another AI is taken as AI 01.
  const rest = withoutLeadingSeparators(text.slice(16));
  if (isMarked || rest === "" || allDigits(rest.slice(0, 2))) return gtinOf(text.slice(2, 16));
  return null;
}

/** @param {string} text */
function gtinInDigitalLink(text) {
  const address = /^https?:\/\/([\s\S]*)$/i.exec(text);
  if (!address) return null;
  const path = address[1].split("#")[0].split("?")[0].split("/").slice(1);
  // The primary key is the rightmost one: what stands before it is the publisher's own path.
  for (let place = path.length - 2; place >= 0; place -= 1) {
    if (path[place] === "01" || path[place] === "gtin") return gtinOf(path[place + 1]);
  }
  return null;
}
