import { extname, join } from 'node:path';

/** False in source, where each module is a file. The build puts all modules into a few files beside each other. */
export const IS_BUILT = extname(import.meta.filename) === '.js';

/** The folder of `client` and `worker`: `src`, or `dist`. */
export const ownFolder = IS_BUILT ? import.meta.dirname : join(import.meta.dirname, '..');
