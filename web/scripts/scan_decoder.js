/**
 * The worker that reads codes from camera frames, away from the page so that it never stutters.
 *
 * The phone's own BarcodeDetector reads where there is one; it knows no GS1 DataBar and gives up earlier, so while it
 * finds nothing zxing-cpp as WebAssembly, the only reader elsewhere, looks at every third frame, and where it reads
 * something it stays with it: one reader a code, or two spellings of one code would count twice. ZBar looks at every
 * second frame in which zxing-cpp reads nothing, and at each while it reads something there. The release carries,
 * under vendor/ at their npm paths: zxing-wasm/dist/es/reader/index.js, zxing-wasm/dist/es/share.js and
 * zxing-wasm/dist/reader/zxing_reader.wasm. They are loaded when first needed.
 */

import { createAgreement } from "./scan_agreement.js";
import { isZbarHere, readZbar } from "./scan_zbar.js";

/**
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ code: string, format: string, centre: Point }} Read `centre` in pixels of the whole picture
 * @typedef {{ frame: ImageBitmap | VideoFrame, region: { x: number, y: number, width: number, height: number } }} Task
 * @typedef {{ reads: Read[], reader: string, decodeMs: number }} Reading
 * @typedef {{ failure: string }} Failure
 * @typedef {{ text: string, format: string, contentType: string, symbologyIdentifier: string, position: Corners }} ZxingRead
 * @typedef {{ topLeft: Point, topRight: Point, bottomLeft: Point, bottomRight: Point }} Corners
 * @typedef {{ rawValue: string, format: string, boundingBox: DOMRectReadOnly }} NativeRead
 * @typedef {{ detect(image: OffscreenCanvas): Promise<NativeRead[]> }} NativeDetector
 * @typedef {{ new(options: { formats: string[] }): NativeDetector, getSupportedFormats(): Promise<string[]> }} NativeMaker
 */

const VENDOR = new URL("../vendor/zxing-wasm/dist/", import.meta.url);
const NATIVE_FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix"];
/** @type {Record<string, string>} */
const ZXING_FORMATS = {
  EAN13: "ean_13",
  EAN8: "ean_8",
  UPCA: "upc_a",
  UPCE: "upc_e",
  Code128: "code_128",
  Code39: "code_39",
  ITF: "itf",
  DataBar: "databar",
  QRCode: "qr_code",
  DataMatrix: "data_matrix",
};
// A wider picture only costs time: bars of a code that fills the frame are several pixels wide at this size.
const WIDEST_PX = 1280;
const EMPTY_BEFORE_HELP = 6;
const HELP_EVERY = 3;
const EMPTY_AFTER_HELP = 10;
const ZBAR_EVERY = 2;

const worker =
  /** @type {{ onmessage: (event: MessageEvent<Task>) => void, postMessage(message: Reading | Failure): void }} */ (
    /** @type {unknown} */ (self)
  );
const canvas = new OffscreenCanvas(1, 1);
const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
  canvas.getContext("2d", { willReadFrequently: true, alpha: false })
);
const agreement = createAgreement();
let native = nativeDetector();
/** @type {Promise<typeof import("zxing-wasm/reader")> | null} */
let zxing = null;
let emptyFrames = 0;
let emptyWasmFrames = 0;
let isZbarReading = false;
let isHelping = false;

worker.onmessage = ({ data }) => {
  decode(data).then(
    (reading) => worker.postMessage(reading),
    (error) => worker.postMessage({ failure: String(error) }),
  );
};

/**
 * @param {Task} task
 * @returns {Promise<Reading>}
 */
async function decode({ frame, region }) {
  const startMs = performance.now();
  const scale = draw(frame, region);
  const detector = await native;
  const { found, reader } = detector ? await readNative(detector) : await readWasm();
  const place = (/** @type {Point} */ { x, y }) => ({ x: region.x + x / scale, y: region.y + y / scale });
  const placed = found.map((read) => ({ ...read, centre: place(read.centre) }));
  const reads = agreement.frame(placed, reader, startMs);
  return { reads, reader, decodeMs: performance.now() - startMs };
}

/**
 * Cuts the region out of the frame and frees the frame: a camera has few to give.
 * @param {ImageBitmap | VideoFrame} frame
 * @param {Task["region"]} region
 * @returns {number} how much smaller the cut was drawn
 */
function draw(frame, { x, y, width, height }) {
  const scale = Math.min(1, WIDEST_PX / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  context.drawImage(frame, x, y, width, height, 0, 0, canvas.width, canvas.height);
  frame.close();
  return scale;
}

/** @returns {Promise<NativeDetector | null>} */
async function nativeDetector() {
  const { BarcodeDetector: maker } = /** @type {{ BarcodeDetector?: NativeMaker }} */ (globalThis);
  const supported = (await maker?.getSupportedFormats()) ?? [];
  if (!maker || !NATIVE_FORMATS.every((format) => supported.includes(format))) return null;
  return new maker({ formats: NATIVE_FORMATS });
}

/** @returns {Promise<{ found: Read[], reader: string }>} */
async function readWasm() {
  const found = await readZxing();
  emptyWasmFrames = found.length === 0 ? emptyWasmFrames + 1 : 0;
  const isZbarDue = emptyWasmFrames > 0 && (isZbarReading || emptyWasmFrames % ZBAR_EVERY === 0);
  if (!isZbarDue || !isZbarHere()) return { found, reader: "zxing" };
  const helped = await readZbar(context.getImageData(0, 0, canvas.width, canvas.height));
  isZbarReading = helped.length > 0;
  return { found: helped.map((read) => ({ ...read, code: asSent(read.code, read.format) })), reader: "zbar" };
}

/**
 * @param {NativeDetector} detector
 * @returns {Promise<{ found: Read[], reader: string }>}
 */
async function readNative(detector) {
  const isHelpDue = isHelping || (emptyFrames > EMPTY_BEFORE_HELP && emptyFrames % HELP_EVERY === 0);
  const { found, reader } = isHelpDue ? await readWasm() : { found: await detect(detector), reader: "native" };
  emptyFrames = found.length === 0 ? emptyFrames + 1 : 0;
  isHelping = isHelpDue && (found.length > 0 || (isHelping && emptyFrames < EMPTY_AFTER_HELP));
  return { found, reader };
}

/**
 * @param {NativeDetector} detector
 * @returns {Promise<Read[]>}
 */
async function detect(detector) {
  const found = await detector.detect(canvas).catch((error) => {
    // The phone's reading service can be away for good; the other reader then takes over.
    console.warn("BarcodeDetector gave up", error);
    native = Promise.resolve(null);
    return /** @type {NativeRead[]} */ ([]);
  });
  return found.map(({ rawValue, format, boundingBox: { x, y, width, height } }) => ({
    code: asSent(rawValue, format),
    format,
    centre: { x: x + width / 2, y: y + height / 2 },
  }));
}

/** @returns {Promise<Read[]>} */
async function readZxing() {
  zxing ??= loadZxing();
  const { readBarcodes } = await zxing;
  const found = /** @type {ZxingRead[]} */ (
    await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), {
      formats: /** @type {import("zxing-wasm/reader").ReaderOptions["formats"]} */ (Object.keys(ZXING_FORMATS)),
      textMode: "Plain",
      maxNumberOfSymbols: 8,
    })
  );
  return found.map((read) => {
    const format = ZXING_FORMATS[read.format] ?? (read.format.startsWith("DataBar") ? "databar" : read.format);
    const mark = read.contentType === "GS1" ? read.symbologyIdentifier : "";
    return { code: asSent(mark + read.text, format), format, centre: centreOf(read.position) };
  });
}

async function loadZxing() {
  /** @type {typeof import("zxing-wasm/reader")} */
  const reader = await import(new URL("es/reader/index.js", VENDOR).href);
  // Left alone, the package would fetch its WebAssembly from another origin.
  const locateFile = (/** @type {string} */ name) => new URL(`reader/${name}`, VENDOR).href;
  await reader.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  return reader;
}

/**
 * Digits as they are printed, whichever reader saw them; the mark of EAN-8 stays where the digits could be a UPC-E.
 * @param {string} text
 * @param {string} format
 */
function asSent(text, format) {
  if (format === "ean_8" && text.startsWith("0")) return `]E4${text}`;
  const isUpc = text.length === 13 && text.startsWith("0") && ["ean_13", "upc_a", "upc_e"].includes(format);
  return isUpc ? text.slice(1) : text;
}

/** @param {Corners} corners @returns {Point} */
function centreOf({ topLeft, bottomRight, topRight, bottomLeft }) {
  return {
    x: (topLeft.x + bottomRight.x + topRight.x + bottomLeft.x) / 4,
    y: (topLeft.y + bottomRight.y + topRight.y + bottomLeft.y) / 4,
  };
}
