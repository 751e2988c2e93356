import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The ending that our own files have: `.ts` from source, `.js` from dist. tsc does not rewrite it inside strings. */
const ending = extname(fileURLToPath(import.meta.url));

/** Path of a program of ours: `programFile('demo/demo-fleet-process')`. */
export function programFile(name: string): string {
  return fileURLToPath(new URL(`../${name}${ending}`, import.meta.url));
}

/** What `process.execPath` needs to run a program of ours, from any working directory. */
export function programArguments(name: string): string[] {
  const file = programFile(name);
  if (ending !== '.ts') return [file];
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href, file];
}
