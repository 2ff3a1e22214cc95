/** The fillers of all pages that the phone answers, by record. */

export { itemListPage, itemPage, missingPage } from "./catalogue/pages.js";
export { checkupPage } from "./checkup/pages.js";
export { countListPage, countShowPage } from "./counts/pages.js";
export { inboxPage, outboxPage } from "./inbox/pages.js";
export { labelPage } from "./labels/pages.js";
export { expiryPage } from "./lots/pages.js";
export { mePage } from "./people/pages.js";
export { reviewListPage } from "./reviews/pages.js";
export { homePage } from "./scanning/pages.js";
export { tourPage } from "./tour/pages.js";
export { transferListPage, transferNewPage, transferShowPage } from "./transfers/pages.js";
export { unknownCodeListPage, unknownCodeMatchPage } from "./unknown_codes/pages.js";
