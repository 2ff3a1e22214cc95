/** Keeps the screen on while the camera is: a phone that sleeps between two shelves loses the aim. */

/** @returns {() => void} lets it sleep again */
export function keepAwake() {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  let isOver = false;
  const ask = async () => {
    // A phone that saves its battery says no; it then sleeps as it always does.
    const [asked] = await Promise.allSettled([navigator.wakeLock?.request("screen")]);
    if (asked.status === "rejected" || !asked.value) return;
    lock = asked.value;
    if (isOver) lock.release();
  };
  ask();
  return () => {
    isOver = true;
    lock?.release();
  };
}
