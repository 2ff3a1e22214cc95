/** Check digits and check characters, and the lengths in which a GTIN is printed; twin of gs1_digits.py. */

// The 82 characters an element string may hold, in the order of their values (General Specifications 7.11).
export const CHARACTERS_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const CHECK_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];

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
 * True for at least one digit and nothing but ASCII digits.
 * @param {string} text
 */
export function allDigits(text) {
  return /^[0-9]+$/.test(text);
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
 * The two characters that belong after a model number (General Specifications 7.9.5); null beyond 23 of the 82.
 * @param {string} payload
 */
export function checkPair(payload) {
  const values = [...payload].map((character) => CHARACTERS_82.indexOf(character));
  if (values.length > PRIMES.length || values.some((value) => value < 0)) return null;
  const weighted = values.reverse().reduce((sum, value, place) => sum + value * PRIMES[place], 0) % 1021;
  return CHECK_CHARACTERS[Math.floor(weighted / 32)] + CHECK_CHARACTERS[weighted % 32];
}
