/** Days and times inside element strings, as ISO days; twin of gs1_dates.py. */

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The year meant by its last two digits, at most 49 years back or 50 ahead (General Specifications 7.12).
 * `today` is an ISO day; what is none stands for the year 2000.
 * @param {string} two @param {string} today
 */
export function yearOf(two, today) {
  const thisYear = /^[0-9]{4}/.test(today) ? Number(today.slice(0, 4)) : 2000;
  const ahead = Number(two) - (thisYear % 100);
  const century = Math.floor(thisYear / 100) - (ahead >= 51 ? 1 : 0) + (ahead <= -50 ? 1 : 0);
  return century * 100 + Number(two);
}

/**
 * `2026-11-30` of `261130`, and of `261100` where the day 00 stands for the last of the month; null for no day.
 * @param {string} six @param {string} today @param {boolean} mayEndMonth
 */
export function dayOf(six, today, mayEndMonth) {
  return isoDay(yearOf(six.slice(0, 2), today), Number(six.slice(2, 4)), Number(six.slice(4, 6)), mayEndMonth);
}

/**
 * The ISO day, or null where the calendar has none.
 * @param {number} year @param {number} month @param {number} day @param {boolean} mayEndMonth
 */
export function isoDay(year, month, day, mayEndMonth) {
  if (month < 1 || month > 12) return null;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && isLeap ? 29 : LENGTHS[month - 1];
  const date = day === 0 && mayEndMonth ? last : day;
  if (date < 1 || date > last) return null;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(date, 2)}`;
}

/** @param {number} number @param {number} length */
function padded(number, length) {
  return String(number).padStart(length, "0");
}
