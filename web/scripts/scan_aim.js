/**
 * Where in the camera's picture the aiming frame lies, when the video fills its box as `object-fit: cover` does.
 */

/**
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 * @typedef {{ width: number, height: number }} Size
 */

// A code that sticks out of the frame a little is still decoded; it counts when its centre is inside.
const MARGIN = 0.25;

/**
 * @param {Size} picture in camera pixels
 * @param {Box} video on the screen, in CSS pixels
 * @param {Box} aim on the screen; an empty one means the whole video
 * @returns {{ region: Box, aim: Box }} both in camera pixels: what to decode, and where a centre counts
 */
export function aimedAt(picture, video, aim) {
  const scale = Math.max(video.width / picture.width, video.height / picture.height) || 1;
  const shown = {
    x: (picture.width - video.width / scale) / 2,
    y: (picture.height - video.height / scale) / 2,
    width: video.width / scale,
    height: video.height / scale,
  };
  const target = aim.width > 0 && aim.height > 0 ? aim : video;
  const inner = {
    x: shown.x + (target.x - video.x) / scale,
    y: shown.y + (target.y - video.y) / scale,
    width: target.width / scale,
    height: target.height / scale,
  };
  const region = {
    x: inner.x - inner.width * MARGIN,
    y: inner.y - inner.height * MARGIN,
    width: inner.width * (1 + 2 * MARGIN),
    height: inner.height * (1 + 2 * MARGIN),
  };
  const whole = { x: 0, y: 0, ...picture };
  return { region: wholePixels(overlap(region, whole)), aim: overlap(inner, whole) };
}

/** @param {{ x: number, y: number }} point @param {Box} box */
export function isInside(point, box) {
  return point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;
}

/** @param {{ x: number, y: number }} point @param {Box} box */
export function distanceFromCentre(point, box) {
  return Math.hypot(point.x - (box.x + box.width / 2), point.y - (box.y + box.height / 2));
}

/** @param {Box} one @param {Box} other @returns {Box} */
function overlap(one, other) {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(one.x + one.width, other.x + other.width) - x),
    height: Math.max(0, Math.min(one.y + one.height, other.y + other.height) - y),
  };
}

/** @param {Box} box @returns {Box} */
function wholePixels(box) {
  const x = Math.floor(box.x);
  const y = Math.floor(box.y);
  return { x, y, width: Math.floor(box.x + box.width) - x, height: Math.floor(box.y + box.height) - y };
}
