/** The page's end of the decoder worker: one frame at a time, taken from a playing video. */

/**
 * @typedef {import("./scan_decoder.js").Reading} Reading
 * @typedef {import("./scan_decoder.js").Failure} Failure
 * @typedef {import("./scan_aim.js").Box} Box
 */

export function createReader() {
  const worker = new Worker(new URL("./scan_decoder.js", import.meta.url), { type: "module" });
  let isBusy = false;

  return {
    isBusy: () => isBusy,
    /**
     * @param {HTMLVideoElement} video with a picture
     * @param {Box} region in camera pixels
     * @returns {Promise<Reading | null>} null where the video had no picture after all; rejected when the decoder
     *   cannot start or breaks
     */
    async read(video, region) {
      isBusy = true;
      try {
        const frame = await frameOf(video);
        if (frame === null) return null;
        const answer = answerOf(worker);
        worker.postMessage({ frame, region }, [frame]);
        return await answer;
      } finally {
        isBusy = false;
      }
    },
    close() {
      worker.terminate();
    },
  };
}

/** @param {Worker} worker @returns {Promise<Reading>} */
function answerOf(worker) {
  return new Promise((resolve, reject) => {
    worker.onmessage = (/** @type {MessageEvent<Reading | Failure>} */ { data }) =>
      "failure" in data ? reject(new Error(data.failure)) : resolve(data);
    worker.onerror = (event) => reject(new Error(`The decoder did not start: ${event.message}`));
  });
}

// Measured at 1280×720 in Chromium, on the page's own thread: a VideoFrame, which only refers to what the camera already
// delivered, takes 0.0 ms, a bitmap 7 ms and at times 37. The bitmap is for browsers without VideoFrame.
/** @param {HTMLVideoElement} video @returns {Promise<VideoFrame | ImageBitmap | null>} */
async function frameOf(video) {
  try {
    return "VideoFrame" in globalThis ? new VideoFrame(video) : await createImageBitmap(video);
  } catch (error) {
    // A video may tell of a frame that it does not hold yet, or no longer; the next one will do.
    if (error instanceof DOMException && error.name === "InvalidStateError") return null;
    throw error;
  }
}
