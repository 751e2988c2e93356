import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The file extension of our programs: `.ts` in source, `.js` in dist. tsc does not rewrite it in strings. */
const ending = extname(fileURLToPath(import.meta.url));

/** The arguments for `process.execPath` to run one of our programs: `programArguments('demo/demo-fleet-process')`. */
export function programArguments(name: string): string[] {
  const file = fileURLToPath(new URL(`../${name}${ending}`, import.meta.url));
  if (ending !== '.ts') return [file];
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href, file];
}
