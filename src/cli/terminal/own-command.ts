import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { shellCommand } from '../../domain/jobs/shell.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { IS_BUILT, ownFolder } from '../../processes/own-files.ts';

/** How this process was started. */
export interface ProcessStart {
  /** `process.argv[1]` */
  main: string | undefined;
  cwd: string;
  path: string | undefined;
}

/** Runs what `npm run fleetmark` names, from a clone. */
const FROM_SOURCE = join('scripts', 'from-source.mjs');

const extension = IS_BUILT ? '.js' : '.ts';

/** A fleetmark command line that the user can paste unchanged: `npm run -s fleetmark -- run --resume`. */
export function ownCommand(...words: readonly string[]): string {
  const start = { main: process.argv[1], cwd: process.cwd(), path: process.env['PATH'] };
  return printable(shellCommand([...startCommand(start), ...words]), 2000);
}

/** The words that start fleetmark again the same way. */
export function startCommand(start: ProcessStart): string[] {
  if (start.main?.endsWith(`/${FROM_SOURCE}`)) return fromSource(dirname(dirname(resolve(start.main))), start.cwd);
  if (!isOurs(start.main)) return ['fleetmark']; // part of another program
  return installed(start);
}

function isOurs(main: string | undefined): boolean {
  return (
    main !== undefined && ['client', 'worker'].some((name) => isSame(main, join(ownFolder, `${name}${extension}`)))
  );
}

/** npm uses the nearest package.json in the current folder or above it. */
function fromSource(root: string, cwd: string): string[] {
  const script = ['run', '-s', 'fleetmark', '--'];
  return nearestPackage(cwd) === realpathSync(root) ? ['npm', ...script] : ['npm', '--prefix', root, ...script];
}

function nearestPackage(folder: string): string | null {
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  const above = dirname(folder);
  return above === folder ? null : nearestPackage(above);
}

function installed({ main, path }: ProcessStart): string[] {
  const client = join(ownFolder, `client${extension}`);
  const folders = (path ?? '').split(delimiter).filter(isAbsolute);
  const found = folders.map((folder) => join(folder, 'fleetmark')).find((file) => existsSync(file));
  // Only npm and npx put this folder on the PATH.
  const isOfPackage = found?.endsWith(join('node_modules', '.bin', 'fleetmark')) ?? false;
  if (found !== undefined && isSame(found, client)) return isOfPackage ? ['npx', 'fleetmark'] : ['fleetmark'];
  const started = resolve(main!);
  return isSame(started, client) && isExecutable(started) ? [started] : ['node', client];
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
