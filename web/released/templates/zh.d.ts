/** The pages in Chinese, compiled from `web/` when a release is made. */
export function render(name: string, record: object): string;
