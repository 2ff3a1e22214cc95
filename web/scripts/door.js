/** What the pages before and after the work need. */

import "./goodbye.js";
import "./insecure.js";
import "./welcome.js";
