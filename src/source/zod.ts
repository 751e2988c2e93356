/** Zod: the build puts it into one file, since loading its 95 modules takes long. */
export { z } from 'zod';
