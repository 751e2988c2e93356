import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Server } from '../domain/servers/server.ts';
import { placeText, readInventoryFile, readInventoryText, type InventoryFile } from '../inventory/inventory-file.ts';
import { DOES_NOT_EXIST, IS_A_PIPE } from '../source/file-errors.ts';
import type { Path, Problem } from '../source/problem.ts';
import { resolvePath, type Account } from '../source/surroundings.ts';
import { lookedIn } from '../source/text-file.ts';
import { keysInOrder } from '../source/yaml/locate-problem.ts';
import type { YamlText } from '../source/yaml/parse-yaml.ts';
import { shownInventory, type GivenInventory } from './configuration-source.ts';
import type { ConfigurationText } from './schema/schema.ts';
import { entriesOfMap, loginProblems, withLogin } from './servers.ts';
import type { Login } from './ssh-settings.ts';

interface FoundServers extends Pick<InventoryFile, 'lines' | 'more' | 'files' | 'readByAnsible' | 'notices'> {
  servers: Server[];
  /** Problems in `fleetmark.yaml`; those in an inventory are `lines`. */
  problems: Problem[];
}

const nothing = { lines: [], more: 0, files: [], readByAnsible: null, notices: [] };
const NO_SERVERS: FoundServers = { ...nothing, servers: [], problems: [] };

interface Context extends Pick<Account, 'home' | 'env'> {
  file: string;
  yaml: YamlText;
  login: Login;
  /** The current folder, absolute. */
  folder: string;
}

/** The servers of `fleetmark.yaml` or of the inventory that it names. */
export async function findServers(text: ConfigurationText, context: Context): Promise<FoundServers> {
  const { servers, inventory } = text;
  if (servers && inventory !== undefined)
    return only(['inventory'], 'cannot be combined with servers; keep one of them');
  if (servers) return fromMap(servers, context);
  if (inventory === undefined) return only([], 'has no servers; add "servers:" or "inventory: hosts.txt"');

  const { file, home } = context;
  const path = resolvePath(inventory, file, home);
  const shown = isAbsolute(inventory) || inventory.startsWith('~') ? inventory : join(dirname(file), inventory);
  const read = await readInventoryFile(path, shown, context);
  if (read.problem !== null) return only(['inventory'], `${shown} ${read.problem}`);
  return fromInventory(read, { path, shown }, context);
}

/** The servers of `--inventory`. */
export async function findGivenServers(given: GivenInventory, context: Context): Promise<FoundServers> {
  const shown = shownInventory(given);
  const isFile = given.kind === 'file';
  const read = isFile
    ? await readInventoryFile(given.path, shown, context)
    : await readInventoryText(given.text, shown, given.kind === 'list', context);
  if (read.problem === null) return fromInventory(read, { path: isFile ? given.path : null, shown }, context);
  return { ...NO_SERVERS, lines: [`${shown} ${read.problem}${isFile ? adviceFor(read.problem, given) : ''}`] };
}

function adviceFor(problem: string, { written, path }: { written: string; path: string }): string {
  if (problem === IS_A_PIPE) return '; use -i - to read from a pipe';
  if (problem !== DOES_NOT_EXIST) return '';
  const isFileName = /\.(cfg|ini|json|toml|txt|ya?ml)$/.test(written);
  const isHost = !isFileName && /^(?:[\w.+-]+@)?\w[\w.-]*(?::\d+)?$/.test(written);
  return lookedIn(written, path) + (isHost ? `; a list of one host ends with a comma: -i ${written},` : '');
}

function fromMap(map: NonNullable<ConfigurationText['servers']>, { file, yaml, login, home }: Context): FoundServers {
  const written = keysInOrder(yaml, 'servers').filter((id) => Object.hasOwn(map, id));
  const keys = [...new Set([...written, ...Object.keys(map)])];
  if (keys.length === 0) return only(['servers'], 'must contain at least one server');
  const { entries, problems } = entriesOfMap(map, keys);
  const keyPath = (path: string): string => resolvePath(path, file, home);
  const servers = withLogin(entries, login, keyPath, () => 'fleetmark.yaml');
  return { ...NO_SERVERS, servers, problems: [...problems, ...loginProblems(servers, login)] };
}

function fromInventory(
  { entries, ...read }: InventoryFile,
  { path: inventory, shown }: { path: string | null; shown: string },
  { login, home, folder }: Context
): FoundServers {
  // As in Ansible, key paths are relative to the current folder; if there is no such file, to the inventory.
  const keyPath = (path: string): string => {
    const here = resolvePath(path, join(folder, 'any'), home);
    return inventory === null || existsSync(here) ? here : resolvePath(path, inventory, home);
  };
  const servers = withLogin(entries, login, keyPath, (origin) => placeText(origin, shown));
  return { ...read, servers, problems: loginProblems(servers, login) };
}

function only(path: Path, message: string): FoundServers {
  return { ...NO_SERVERS, problems: [{ path, message }] };
}
