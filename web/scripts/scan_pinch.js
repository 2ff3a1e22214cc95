/** Two fingers on the viewfinder zoom the camera. The style sheet must give it `touch-action: pan-y`. */

/**
 * @param {HTMLElement} surface
 * @param {() => import("./scan_camera.js").Camera | null} cameraNow
 * @param {AbortSignal} signal
 */
export function pinchToZoom(surface, cameraNow, signal) {
  /** @type {Map<number, { x: number, y: number }>} */
  const fingers = new Map();
  let spread = 0;
  let zoomNow = 1;

  const spreadNow = () => {
    const [one, other] = [...fingers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const camera = cameraNow();
    if (fingers.size !== 2 || !camera?.zoom || spread === 0) return;
    const wide = spreadNow();
    const wished = zoomNow * (wide / spread);
    zoomNow = Math.min(camera.zoom.max, Math.max(camera.zoom.min, wished));
    spread = wide;
    camera.set({ zoom: zoomNow });
  };
  const down = (/** @type {PointerEvent} */ event) => {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2) spread = spreadNow();
  };
  const up = (/** @type {PointerEvent} */ event) => {
    fingers.delete(event.pointerId);
    spread = 0;
  };

  surface.addEventListener("pointerdown", down, { signal });
  surface.addEventListener("pointermove", move, { signal });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    surface.addEventListener(end, (event) => up(/** @type {PointerEvent} */ (event)), { signal });
  }
}
