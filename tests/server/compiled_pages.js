/**
 * Renders a batch with compiled templates: reads `[[module, template, record], …]` from the file named first, writes the
 * pages to the file named second, null where the template threw.
 */

import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [, , casesFile, pagesFile] = process.argv;
/** @type {Record<string, { render: (name: string, record: unknown) => string }>} */
const modules = {};
const pages = [];
for (const [path, name, record] of JSON.parse(await readFile(casesFile, "utf8"))) {
  modules[path] ??= await import(pathToFileURL(path).href);
  try {
    pages.push(modules[path].render(name, record));
  } catch (error) {
    if (!/^(ReferenceError|TypeError|RangeError)$/.test(/** @type {Error} */ (error).name)) throw error;
    pages.push(null);
  }
}
await writeFile(pagesFile, JSON.stringify(pages));
