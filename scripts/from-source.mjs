/**
 * Runs the command line from source, on a fresh clone too: `npm run demo`, `npm run fleetmark -- run`. Compiles the sources
 * when they have changed: to do so at each start takes longer than most commands. Stdout belongs to the command; what
 * the set-up says goes to stderr.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import './end-with-parent.mjs';
import { builtFromSource } from './built-from-source.mjs';
import { installDependencies } from './install-dependencies.mjs';

const root = join(import.meta.dirname, '..');
// npm runs its scripts in the folder of their package; files that a person names are in the folder where they stand.
const { INIT_CWD, npm_lifecycle_event } = process.env;
if (INIT_CWD && npm_lifecycle_event && process.cwd() === root) process.chdir(INIT_CWD);
let client;
try {
  installDependencies(root);
  client = join(builtFromSource(root), 'dist', 'client.js');
} catch (error) {
  console.error(error.message);
  process.exit(3);
}
await import(pathToFileURL(client).href);
