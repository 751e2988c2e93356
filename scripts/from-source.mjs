/**
 * Runs the command line from source, on a fresh clone too: `npm run demo`, `npm run fleetmark -- run`.
 * Stdout belongs to the command; what the set-up says goes to stderr.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import './end-with-parent.mjs';
import { installDependencies } from './install-dependencies.mjs';

const root = join(import.meta.dirname, '..');
// npm runs its scripts in the folder of their package; files that a person names are in the folder where they stand.
const { INIT_CWD, npm_lifecycle_event } = process.env;
if (INIT_CWD && npm_lifecycle_event && process.cwd() === root) process.chdir(INIT_CWD);
try {
  installDependencies(root);
} catch (error) {
  console.error(error.message);
  process.exit(3);
}

const { register } = await import('tsx/esm/api');
register();
const client = join(root, 'src', 'client.ts');
process.argv.splice(1, 1, client);
await import(pathToFileURL(client).href);
