import { isIPv6 } from 'node:net';
import { isServerId, SERVER_ID_RULE } from '../../domain/servers/server.ts';
import { quotedName } from '../../source/problem.ts';
import type { ConnectionPart, Server } from '../../domain/servers/server.ts';

/** A server as an inventory names it; null where it leaves something to the configuration. */
export interface InventoryEntry extends Omit<Server, 'from'> {
  /** As it is written, as are those of jump hosts: `~` and relative paths are still to be resolved. */
  keyFile: string | null;
  from?: Partial<Record<ConnectionPart, Origin>>;
}

/** What only SSH needs, and a plain list does not have. */
export const unreached = { port: null, user: null, keyFile: null, hostKey: null, jumps: null, hardwareClass: null };

/** Where a part of an entry is written. */
export interface Origin {
  /** Null: somewhere in the inventory. */
  line: number | null;
  /** Another file than the inventory. */
  file?: string;
  /** Of all hosts alike: fleetmark.yaml counts more. */
  isDefault?: true;
}

export interface InventoryMistake {
  /** 0: of no line. */
  line: number;
  /** Another file than the inventory. */
  file?: string;
  message: string;
  /** It is no mistake to Ansible, which alone can read it. */
  onlyAnsible?: true;
}

/** What a reader made of an inventory: all of its servers, unless there is a mistake. */
export interface Inventory {
  entries: InventoryEntry[];
  /** Of very many only the first. */
  mistakes: InventoryMistake[];
  /** How many more there are. */
  unplaced: number;
}

/** `::1` is `0::1`: an id does not begin with a `-`. Of the ways to write a letter with an accent an id has one. */
export function idOfHost(host: string): string {
  const name = host.normalize('NFC');
  return name.includes(':') && isIPv6(name) ? name.replace(/^:/, '0:').replace(/[:%]/g, '-') : name;
}

/** Gives each host of an inventory a server id of its own. */
export class ServerIds {
  readonly #taken: Set<string>;
  readonly #names = new Map<string, string>();

  constructor(names: Iterable<string>) {
    this.#taken = new Set([...names].map(idOfHost));
  }

  /**
   * @returns skip: why the host has no id of its name, but a made-up one for its row; twin: an earlier host with this id
   */
  of(name: string): { serverId: string; skip?: string; twin?: string } {
    const id = idOfHost(name);
    if (!isServerId(id)) {
      const serverId = standInId(name, this.#taken);
      this.#taken.add(serverId);
      const skip = `${quotedName(name)} is not a server id: ${SERVER_ID_RULE}; list it under servers: with an id`;
      return { serverId, skip };
    }
    const twin = this.#names.get(id);
    this.#names.set(id, name);
    return twin === undefined ? { serverId: id } : { serverId: id, twin };
  }
}

/** `-` for all that an id cannot hold, and a number where it is taken. */
function standInId(name: string, taken: ReadonlySet<string>): string {
  const letters = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{Nd}._-]|\p{Default_Ignorable_Code_Point}/gu, '-');
  let head = Array.from(/^[\p{L}\p{Nd}_]/u.test(letters) ? letters : `_${letters}`).slice(0, 90);
  for (let number = 1; ; number += 1) {
    const id = head.join('') + (number === 1 ? '' : `-${number}`);
    if (!isServerId(id)) head = head.slice(0, -1);
    else if (!taken.has(id)) return id;
  }
}
