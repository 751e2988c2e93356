import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Server } from '../domain/servers/server.ts';
import type { GivenInventory } from './configuration-source.ts';
import { shownInventory } from './configuration-source.ts';
import type { InventoryFile } from '../inventory/inventory-file.ts';
import { placeText, readInventoryFile, readInventoryText } from '../inventory/inventory-file.ts';
import { keysInOrder } from '../source/yaml/locate-problem.ts';
import type { YamlText } from '../source/yaml/parse-yaml.ts';
import type { Path, Problem } from '../source/problem.ts';
import type { ConfigurationText } from './schema/schema.ts';
import { serversOfInventory, serversOfMap } from './servers.ts';
import type { Login } from './ssh-settings.ts';
import { resolvePath } from '../source/surroundings.ts';
import { DOES_NOT_EXIST } from '../source/file-errors.ts';
import { lookedIn } from '../source/text-file.ts';

interface FoundServers {
  servers: Server[];
  problems: Problem[];
  /** Absolute paths of what the servers depend on; none where they are in the configuration itself. */
  inventoryFiles: string[];
  /** Problems of these files, which have lines of their own, and how many more there are. */
  inventoryLines: string[];
  moreLines: number;
  /** See {@link InventoryFile}. */
  readByAnsible: string | null;
  notices: string[];
}

const noServers: FoundServers = {
  ...{
    servers: [],
    problems: [],
    inventoryFiles: [],
    inventoryLines: [],
    moreLines: 0,
    readByAnsible: null,
    notices: [],
  },
};

interface Context {
  file: string;
  yaml: YamlText;
  login: Login;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The current folder, absolute. */
  folder: string;
}

/** The servers, from the configuration itself or from the inventory that it names. */
export async function findServers(text: ConfigurationText, context: Context): Promise<FoundServers> {
  const { servers, inventory } = text;
  if (servers && inventory !== undefined) return only(['inventory'], 'does not go with servers; keep one of them');
  if (servers) return fromMap(servers, context);
  if (inventory === undefined) return only([], 'names no servers; add "servers:" or "inventory: hosts.txt"');

  const { file, home } = context;
  const path = resolvePath(inventory, file, home);
  const shown = isAbsolute(inventory) || inventory.startsWith('~') ? inventory : join(dirname(file), inventory);
  const read = await readInventoryFile(path, shown, context);
  if (read.problem !== null) return only(['inventory'], `${shown} ${read.problem}`);
  return fromInventory(read, { path, shown }, context);
}

/** The servers of the inventory of `--inventory`. */
export async function findGivenServers(given: GivenInventory, context: Context): Promise<FoundServers> {
  const shown = shownInventory(given);
  const isFile = given.kind === 'file';
  const read = isFile
    ? await readInventoryFile(given.path, shown, context)
    : await readInventoryText(given.text, shown, given.kind === 'list', context);
  if (read.problem !== null) {
    const isMissing = isFile && read.problem === DOES_NOT_EXIST;
    const where = isMissing ? lookedIn(given.written, given.path) : '';
    const isHost = isMissing && looksLikeHost(given.written);
    const hint = isHost ? `; a list of one host ends with a comma: -i ${given.written},` : '';
    return { ...noServers, inventoryLines: [`${shown} ${read.problem}${where}${hint}`] };
  }
  return fromInventory(read, { path: isFile ? given.path : null, shown }, context);
}

function looksLikeHost(written: string): boolean {
  return /^(?:[\w.+-]+@)?\w[\w.-]*(?::\d+)?$/.test(written) && !/\.(cfg|ini|json|toml|txt|ya?ml)$/.test(written);
}

function fromMap(servers: NonNullable<ConfigurationText['servers']>, { file, yaml, login, home }: Context) {
  const written = keysInOrder(yaml, 'servers').filter((id) => Object.hasOwn(servers, id));
  const ids = [...new Set([...written, ...Object.keys(servers)])];
  if (ids.length === 0) return only(['servers'], 'must name at least one server');
  return { ...noServers, ...serversOfMap(servers, ids, login, (path) => resolvePath(path, file, home)) };
}

function fromInventory(
  { entries, lines, more, files, readByAnsible, notices }: InventoryFile,
  { path: inventory, shown }: { path: string | null; shown: string },
  { login, home, folder }: Context
): FoundServers {
  // As ssh would find it that Ansible starts here; where there is none, beside the inventory.
  const keyPath = (path: string): string => {
    const here = resolvePath(path, join(folder, 'any'), home);
    return inventory === null || existsSync(here) ? here : resolvePath(path, inventory, home);
  };
  const found = serversOfInventory(entries, login, keyPath, (origin) => placeText(origin, shown));
  return { ...found, inventoryFiles: files, inventoryLines: lines, moreLines: more, readByAnsible, notices };
}

function only(path: Path, message: string): FoundServers {
  return { ...noServers, problems: [{ path, message }] };
}
