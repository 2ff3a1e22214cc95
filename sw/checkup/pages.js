/** The checkup of the device, from this phone; twin of `server/checkup/pages.py`. */

import { frame, readerIn } from "../page_frame.js";

/** @param {import("../view.js").View} view */
export function checkupPage(view) {
  return { frame: frame(view, readerIn(view), "me") };
}
