import { dirname, isAbsolute, join } from 'node:path';
import type { Server } from '../domain/server.ts';
import { keysInOrder } from './locate-problem.ts';
import type { YamlText } from './parse-yaml.ts';
import { parsePlainInventory } from './plain-inventory.ts';
import type { Path, Problem } from './problem.ts';
import type { ConfigurationText } from './schema.ts';
import { serversOfInventory, serversOfMap } from './servers.ts';
import type { Login } from './ssh-settings.ts';
import { resolvePath } from './surroundings.ts';
import { readTextFile } from './text-file.ts';

interface FoundServers {
  servers: Server[];
  problems: Problem[];
  /** Absolute path; null where the servers are in the configuration itself. */
  inventoryFile: string | null;
  /** Problems of the inventory file, which has lines of its own. */
  inventoryLines: string[];
}

const noServers: FoundServers = { servers: [], problems: [], inventoryFile: null, inventoryLines: [] };

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
  const { entries, mistakes } = parsePlainInventory(read.text);
  if (entries.length + mistakes.length === 0) return only(['inventory'], `${shown} names no server`);
  const inventoryLines = mistakes.map(({ line, message }) => `${shown}:${line}: ${message}`);
  return { ...serversOfInventory(entries, login), inventoryFile, inventoryLines };
}

function only(path: Path, message: string): FoundServers {
  return { ...noServers, problems: [{ path, message }] };
}
