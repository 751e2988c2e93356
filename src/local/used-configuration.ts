import { readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The one name of a configuration file, wherever it is looked at from. */
export async function nameOfConfiguration(file: string): Promise<string> {
  return realpath(file).catch(() => resolve(file));
}

/** Notes in a state folder which configuration the runs in its database are of. */
export async function noteConfiguration(stateDir: string, configuration: string): Promise<void> {
  const draft = `${noteIn(stateDir)}.${process.pid}.new`;
  await writeFile(draft, `${configuration}\n`, { mode: 0o600 });
  await rename(draft, noteIn(stateDir));
}

/** The configuration of the last worker of a state folder; null: there was none. The file may be gone since. */
export async function notedConfiguration(stateDir: string): Promise<string | null> {
  const text = await readFile(noteIn(stateDir), 'utf8').catch(() => '');
  return text.trim() || null;
}

function noteIn(stateDir: string): string {
  return join(stateDir, 'configuration');
}
