/** Keys as a keyboard or a scanner sends them: through the browser's own input, one after the other. */

/** @typedef {import("puppeteer-core").CDPSession} Keyboard */

/** @param {Keyboard} keyboard @param {string} key @param {string} [text] what it types */
export async function press(keyboard, key, text = key) {
  await Promise.all([
    keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", key, text }),
    keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key }),
  ]);
}

/** A wedge: all keys of the code at once, and when they have been taken, Enter. @param {Keyboard} keyboard @param {string} code */
export async function scan(keyboard, code) {
  await Promise.all([...code].map((character) => press(keyboard, character)));
  await press(keyboard, "Enter", "\r");
}
