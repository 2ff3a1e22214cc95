/**
 * ZBar as WebAssembly: another way of looking at a frame that zxing-cpp reads nothing in; it sees through blur that stops
 * the other. Only EAN-13 and UPC-A, which both spell alike: of GS1-128 ZBar tells no FNC1, so that one code would have
 * two spellings and count twice, and the four digits of each half of an EAN-8 are too few to be sure of in a blur.
 *
 * The release carries, under vendor/zbar-wasm/, index.js and zbar.wasm of the package @undecaf/zbar-wasm (LGPL 2.1 or
 * later, its text beside them). They are loaded when first needed, and frames do not wait for it.
 */

/** @typedef {import("./scan_decoder.js").Read} Read */
/** @typedef {typeof import("@undecaf/zbar-wasm")} Zbar */
/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

const VENDOR = new URL("../vendor/zbar-wasm/", import.meta.url);

let isAskedFor = false;
/** @type {Loaded | null} */
let loaded = null;

/** Whether `readZbar` would answer; the first question begins the loading. */
export function isZbarHere() {
  if (!isAskedFor) {
    isAskedFor = true;
    load().then(
      (it) => {
        loaded = it;
      },
      // The other readers work without it.
      (error) => console.warn("ZBar did not load", error),
    );
  }
  return loaded !== null;
}

/** @param {ImageData} picture @returns {Promise<Read[]>} */
export async function readZbar(picture) {
  if (!loaded) return [];
  const { zbar, scanner } = loaded;
  const { ZBAR_EAN13 } = zbar.ZBarSymbolType;
  const found = await zbar.scanImageData(picture, scanner);
  return found
    .filter(({ type }) => type === ZBAR_EAN13)
    .map((symbol) => ({ code: symbol.decode(), format: "ean_13", centre: middleOf(symbol.points) }));
}

async function load() {
  /** @type {Zbar} */
  const zbar = await import(new URL("index.js", VENDOR).href);
  zbar.setModuleArgs({ locateFile: (name) => new URL(name, VENDOR).href });
  const scanner = await zbar.ZBarScanner.create();
  const { ZBAR_NONE, ZBAR_EAN13, ZBAR_UPCE } = zbar.ZBarSymbolType;
  const { ZBAR_CFG_ENABLE } = zbar.ZBarConfigType;
  // Of type none: all of them.
  scanner.setConfig(ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  // A UPC-E is let through to be told apart, and left out: otherwise it would come as the EAN-13 that it stands for.
  for (const type of [ZBAR_EAN13, ZBAR_UPCE]) scanner.setConfig(type, ZBAR_CFG_ENABLE, 1);
  return { zbar, scanner };
}

/** @param {{ x: number, y: number }[]} points */
function middleOf(points) {
  const sum = points.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
  return { x: sum.x / Math.max(1, points.length), y: sum.y / Math.max(1, points.length) };
}
