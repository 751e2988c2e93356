import { dirname, isAbsolute, join, relative } from 'node:path';
import type { Server } from '../domain/server.ts';
import { letAnsibleRead, readInventory } from './inventory/read-inventory.ts';
import { lookAtVariableFiles } from './inventory/variable-files.ts';
import { keysInOrder } from './locate-problem.ts';
import type { YamlText } from './parse-yaml.ts';
import type { Path, Problem } from './problem.ts';
import type { ConfigurationText } from './schema.ts';
import { serversOfInventory, serversOfMap } from './servers.ts';
import type { Login } from './ssh-settings.ts';
import { resolvePath } from './surroundings.ts';
import { readTextFile } from './text-file.ts';

interface FoundServers {
  servers: Server[];
  problems: Problem[];
  /** Absolute paths of what the servers depend on; none where they are in the configuration itself. */
  inventoryFiles: string[];
  /** Problems of these files, which have lines of their own. */
  inventoryLines: string[];
}

const noServers: FoundServers = { servers: [], problems: [], inventoryFiles: [], inventoryLines: [] };

interface Context {
  file: string;
  yaml: YamlText;
  login: Login;
  home: string;
}

/** The servers, from the configuration itself or from the inventory that it names. */
export async function findServers(text: ConfigurationText, context: Context): Promise<FoundServers> {
  const { servers, inventory } = text;
  if (servers && inventory !== undefined) return only(['inventory'], 'does not go with servers; keep one of them');
  if (servers) return fromMap(servers, context);
  if (inventory !== undefined) return fromInventory(inventory, context);
  return only([], 'names no servers; add "servers:" or "inventory: hosts.txt"');
}

function fromMap(servers: NonNullable<ConfigurationText['servers']>, { file, yaml, login, home }: Context) {
  const written = keysInOrder(yaml, 'servers').filter((id) => Object.hasOwn(servers, id));
  const ids = [...new Set([...written, ...Object.keys(servers)])];
  if (ids.length === 0) return only(['servers'], 'must name at least one server');
  return { ...noServers, ...serversOfMap(servers, ids, login, (path) => resolvePath(path, file, home)) };
}

async function fromInventory(inventory: string, { file, login, home }: Context): Promise<FoundServers> {
  const inventoryFile = resolvePath(inventory, file, home);
  const shown = isAbsolute(inventory) || inventory.startsWith('~') ? inventory : join(dirname(file), inventory);
  const read = await readTextFile(inventoryFile);
  if (!('text' in read)) return only(['inventory'], `${shown} ${read.unreadable}`);
  const { entries, mistakes, format } = readInventory(inventoryFile, read.text);
  if (entries.length + mistakes.length === 0) return only(['inventory'], `${shown} names no server`);

  const withFiles = format === 'Ansible INI' || format === 'Ansible YAML';
  const beside = withFiles ? await lookAtVariableFiles(inventoryFile) : { looked: [], mistakes: [] };
  const inventoryLines = [
    ...mistakes.map(({ line, message }) => `${shown}:${line}: ${message}`),
    ...beside.mistakes.map(({ file: path, line, message }) => {
      const name = join(dirname(shown), relative(dirname(inventoryFile), path));
      return `${name}:${line}: ${message}; ${letAnsibleRead(inventoryFile)}`;
    }),
  ];
  const found = serversOfInventory(entries, login, (path) => resolvePath(path, inventoryFile, home));
  return { ...found, inventoryFiles: [inventoryFile, ...beside.looked], inventoryLines };
}

function only(path: Path, message: string): FoundServers {
  return { ...noServers, problems: [{ path, message }] };
}
