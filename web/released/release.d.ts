/** What is known when a release is built; the worker keeps and sends it. */

export const RELEASE_ID: string;
/** Addresses of all files that pages may ask for. */
export const PRECACHE: string[];
/** Headers of a page by language, as the hub sends them. */
export const PAGE_HEADERS: Record<string, Record<string, string>>;
