/** Who did it: a signature by the person's own key on this phone, which no script can read out again. */

import { signingText } from "../sync/operations.js";

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** @param {SubtleCrypto} subtle @param {string} base64 the 32 bytes of `/sync/key` @returns {Promise<CryptoKey>} */
export function importKey(subtle, base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return subtle.importKey("raw", bytes, ALGORITHM, false, ["sign"]);
}

/**
 * Base64 of the signature over the operation's canonical text.
 * @param {SubtleCrypto} subtle @param {CryptoKey} key
 * @param {{id: string, kind: string, v: number, args: unknown, at: number, by: number}} operation
 */
export async function sign(subtle, key, operation) {
  const signed = await subtle.sign("HMAC", key, new TextEncoder().encode(signingText(operation)));
  return btoa(String.fromCharCode(...new Uint8Array(signed)));
}
