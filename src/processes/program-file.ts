import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IS_BUILT, ownFolder } from './own-files.ts';

/** The arguments for `process.execPath` to run one of our programs: `programArguments('demo/demo-fleet-process')`. */
export function programArguments(name: string): string[] {
  if (IS_BUILT) return [join(ownFolder, `${basename(name)}.js`)];
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href, join(ownFolder, `${name}.ts`)];
}
