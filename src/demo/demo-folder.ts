import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from '../processes/process-identity.ts';

const FOLDER_PREFIX = 'fleetmark-demo-';
const OWNER_FILE = 'owner.json';

/** Paths of the files in the demo folder. */
export function demoFiles(directory: string): Record<'key' | 'knownHosts' | 'configuration' | 'log', string> {
  return {
    key: join(directory, 'id_ed25519'),
    knownHosts: join(directory, 'known_hosts'),
    configuration: join(directory, 'fleetmark.yaml'),
    log: join(directory, 'demo-fleet.log'),
  };
}

/** Creates the private folder of a demo, and removes the folders of killed demos. */
export async function makeDemoFolder(parent: string): Promise<string> {
  await removeStaleFolders(parent);
  const folder = await mkdtemp(join(parent, FOLDER_PREFIX));
  await writeFile(join(folder, OWNER_FILE), JSON.stringify(identify(process.pid)), { mode: 0o600 });
  return folder;
}

/** Keeps the logs for the user: removes the key, and the owner file so that later demos do not delete the folder. */
export async function keepDemoFolder(folder: string): Promise<void> {
  await rm(demoFiles(folder).key, { force: true });
  await rm(join(folder, OWNER_FILE), { force: true });
}

async function removeStaleFolders(parent: string): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((each) => each.startsWith(FOLDER_PREFIX))) {
    const owner = await readOwner(join(parent, name));
    if (owner === null || isRunning(owner)) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined); // a folder of another user
  }
}

/** Null if the folder has no owner file, or it is not readable. */
async function readOwner(folder: string): Promise<ProcessIdentity | null> {
  try {
    const owner = JSON.parse(await readFile(join(folder, OWNER_FILE), 'utf8')) as ProcessIdentity;
    return Number.isInteger(owner.pid) && owner.pid > 0 ? owner : null;
  } catch {
    return null;
  }
}
