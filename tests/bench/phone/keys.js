/** Keys as a keyboard or a scanner sends them: through the browser's own input, each with its moment. */

/** @typedef {import("puppeteer-core").CDPSession} Keyboard */

/** @param {Keyboard} keyboard @param {string} character */
export async function press(keyboard, character) {
  await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", key: character, text: character });
  await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key: character });
}

/** A wedge: the code's keys as fast as they go through, then Enter. @param {Keyboard} keyboard @param {string} code */
export async function scan(keyboard, code) {
  const keys = [...code].map((key) => ({ key, text: key }));
  const sent = [...keys, { key: "Enter", text: "\r" }].flatMap((one) => [
    keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", ...one }),
    keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key: one.key }),
  ]);
  await Promise.all(sent);
}
