/** The pages in English, compiled from `web/` when a release is made. */
export function render(name: string, record: object): string;
