/** Administration's own behaviours, each in its file. Without any of it the pages still work. */

import "./admin_away.js";
import "./admin_table.js";
import "./admin_ticks.js";
import "./admin_upload.js";
