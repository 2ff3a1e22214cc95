/** Everything that staff pages need, each behaviour in its own file. Without any of it the pages still work. */

import "./checkup.js";
import "./device_alarms.js";
import "./dial.js";
import "./dial_drag.js";
import "./expiry.js";
import "./focus.js";
import "./glance.js";
import "./insecure.js";
import "./install.js";
import "./keep.js";
import "./labels.js";
import "./lines.js";
import "./live.js";
import "./online.js";
import "./review_bulk.js";
import "./save_queue.js";
import "./search_field.js";
import "./sign_out.js";
import "./sure.js";
import "./toast.js";
import "./unknown_photo.js";
import "./update.js";
import "./wake.js";
import { hasWorkers, startWorker, workerNow } from "./worker.js";

/** A browser may have emptied its storage since sign-in, or signed in when workers were not allowed. */
async function mendWorker() {
  if (!hasWorkers() || (await workerNow())) return;
  const [started] = await Promise.allSettled([startWorker()]);
  if (started.status === "rejected") return;
  started.value.active?.postMessage({ type: "who", person: Number(document.body.dataset.person) });
}

mendWorker();
