/** A quarter of a processor for a browser: its processes in a control group of their own. DevTools slow pages down, and no workers. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// The kernel's own turn: in much shorter ones it gives away less than the share, because each processor is handed five
// milliseconds at once and keeps what it does not use.
const TURN_US = 100_000;
const SHARE = 0.25;
const GONE_WITHIN_MS = 10_000;

/** Whether this machine lets us; the sentence that says why not. */
export function missingForSlowness() {
  try {
    const group = makeGroup();
    rmdirSync(group);
    return "";
  } catch (error) {
    return `no control group for the processor can be made here (${error.code ?? error.message})`;
  }
}

/**
 * Holds a process with all it started, and all they will start, to a quarter of a processor.
 * @param {number} pid @returns {() => Promise<void>} gives the group back once its processes are gone
 */
export function slowDown(pid) {
  const group = makeGroup();
  for (const each of family(pid)) writeFileSync(join(group, "cgroup.procs"), String(each));
  return () => removed(group);
}

/** @param {string} group */
async function removed(group) {
  const end = Date.now() + GONE_WITHIN_MS;
  for (;;) {
    try {
      return rmdirSync(group);
    } catch (error) {
      // Its last process is still ending.
      if (error.code !== "EBUSY" || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** @returns {string} its folder */
function makeGroup() {
  const name = `stockhand-bench-${process.pid}-${Date.now()}`;
  const quota = Math.round(TURN_US * SHARE);
  const first = "/sys/fs/cgroup/cpu";
  if (existsSync(join(first, "cpu.cfs_quota_us"))) {
    const group = join(first, name);
    mkdirSync(group);
    writeFileSync(join(group, "cpu.cfs_period_us"), String(TURN_US));
    writeFileSync(join(group, "cpu.cfs_quota_us"), String(quota));
    // Its quarter it gets, whatever else this machine does.
    writeFileSync(join(group, "cpu.shares"), "262144");
    return group;
  }
  const group = join("/sys/fs/cgroup", name);
  mkdirSync(group);
  writeFileSync("/sys/fs/cgroup/cgroup.subtree_control", "+cpu");
  writeFileSync(join(group, "cpu.max"), `${quota} ${TURN_US}`);
  writeFileSync(join(group, "cpu.weight"), "10000");
  return group;
}

/** @param {number} pid @returns {number[]} */
function family(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}
