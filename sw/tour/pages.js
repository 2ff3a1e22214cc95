/** The tour, from this phone; twin of `server/tour/pages.py`. */

import { one } from "../../sync/forms.js";
import { tourOf } from "../../sync/tour.js";
import { fieldsOf, frame, readerIn } from "../page_frame.js";

/** @param {import("../view.js").View} view @param {import("../surroundings.js").PageRequest} request */
export function tourPage(view, request) {
  const around = frame(view, readerIn(view), "me");
  const fields = fieldsOf(request.url);
  return { frame: around, ...tourOf(one(fields, "step"), one(fields, "taken"), around.level) };
}
