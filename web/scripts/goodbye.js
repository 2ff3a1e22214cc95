/** After sign-out: tells the worker that nobody is here, so that it shows no one's store to the next pair of eyes. */

import { tell } from "./worker.js";

if (document.querySelector("[data-goodbye]")) tell({ type: "nobody" });
