/** What the first day's pages need; without any of it they still work. */

import "./insecure.js";
import "./setup_draft.js";
import "./setup_names.js";
import "./setup_zone.js";
