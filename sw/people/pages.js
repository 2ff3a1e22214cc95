/** The own page, from this phone; twin of `server/people/pages.py`. */

import { storeChoices } from "../../sync/roles.js";
import { frame, readerIn, waitingIn } from "../page_frame.js";

/** @param {import("../view.js").View} view @param {import("../surroundings.js").PageRequest} request */
export function mePage(view, request) {
  const reader = readerIn(view);
  return {
    frame: frame(view, reader, "me"),
    operation_id: request.mint(),
    username: view.person.username,
    stores: storeChoices(view.stores(), reader),
    waiting: waitingIn(view).length,
    minds: reader.minds,
    problem: request.form?.problem ?? null,
  };
}
