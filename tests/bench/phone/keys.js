/** Keys as a keyboard or a scanner sends them: through the browser's own input, one after the other. */

/** @typedef {import("puppeteer-core").CDPSession} Keyboard */

/** @param {Keyboard} keyboard @param {string} key @param {string} [text] what it types */
export async function press(keyboard, key, text = key) {
  await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", key, text });
  await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key });
}

/** A wedge: the keys of the code as fast as they are taken, then Enter. @param {Keyboard} keyboard @param {string} code */
export async function scan(keyboard, code) {
  for (const character of code) await press(keyboard, character);
  await press(keyboard, "Enter", "\r");
}
