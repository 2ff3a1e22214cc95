/** A Chromium whose camera plays a video of barcodes. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const OWN_PYTHON = join(HERE, "../../../.venv/bin/python");

/** @typedef {{ frames: number, format?: string, text?: string, turn?: number, beneath?: string }} Scene */

/**
 * @param {string} folder
 * @param {Scene[] | undefined} scenes
 * @returns {string} the path of the video
 */
function renderVideo(folder, scenes) {
  const video = join(folder, "codes.mjpeg");
  const script = scenes ? join(folder, "scenes.json") : join(HERE, "scenes.json");
  if (scenes) writeFileSync(script, JSON.stringify(scenes));
  const python = process.env.PYTHON ?? (existsSync(OWN_PYTHON) ? OWN_PYTHON : "python3");
  execFileSync(python, [join(HERE, "render_video.py"), script, video]);
  return video;
}

/**
 * Without scenes, those of scenes.json play; a profile of one's own outlives the browser.
 * @param {{ camera?: "plays" | "refused" | "none", scenes?: Scene[], profile?: string }} [wishes]
 * @returns {Promise<{ browser: import("puppeteer-core").Browser, close: () => Promise<void> }>}
 */
export async function openBrowser({ camera = "none", scenes, profile } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "scan-"));
  const cameraFlags = {
    plays: () => [
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${renderVideo(folder, scenes)}`,
    ],
    refused: () => ["--use-fake-device-for-media-stream", "--deny-permission-prompts"],
    none: () => [],
  };
  const quiet = [
    "disable-gpu",
    "disable-quic",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
  ];
  const browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    userDataDir: profile ?? join(folder, "profile"),
    args: ["--no-sandbox", "--no-first-run", ...quiet.map((flag) => `--${flag}`), ...cameraFlags[camera]()],
  });
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { browser, close };
}

/**
 * A page that fails the test by `problems` when a script breaks or the policy is hurt.
 * @param {Pick<import("puppeteer-core").Browser, "newPage">} browser or a context of it
 */
export async function openPage(browser) {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  return { page, problems };
}

/**
 * The session's list as staff see it, newest first.
 * @param {import("puppeteer-core").Page} page
 * @returns {Promise<string[]>}
 */
export function cardsOf(page) {
  return page.$$eval("#scan-list > *", (rows) =>
    rows.map((row) => {
      const times = row.querySelector(".scan-times");
      const name = row.querySelector("h2")?.textContent ?? row.querySelector(".code")?.textContent;
      return times && times.textContent !== "×1" ? `${name} ${times.textContent}` : `${name}`;
    }),
  );
}
