import { isIPv6 } from 'node:net';
import { isServerId, SERVER_ID_RULE, type ConnectionPart, type Server } from '../../domain/servers/server.ts';
import { quotedName } from '../../source/problem.ts';

/** A server of an inventory; null values come from the configuration. */
export interface InventoryEntry extends Omit<Server, 'from'> {
  /** As written, like those of jump hosts: `~` and relative paths are not resolved yet. */
  keyFile: string | null;
  from?: Partial<Record<ConnectionPart, Origin>>;
}

/** The empty connection of a skipped server. */
export const noConnection = { port: null, user: null, keyFile: null, hostKey: null, jumps: null, hardwareClass: null };

/** The position of a part of an entry. */
export interface Origin {
  /** Null: somewhere in the inventory. */
  line: number | null;
  /** Another file than the inventory. */
  file?: string;
  /** A default of Ansible for all hosts, which fleetmark.yaml overrides. */
  isDefault?: true;
}

export interface InventoryMistake {
  /** 0: without a line number. */
  line: number;
  /** Another file than the inventory. */
  file?: string;
  message: string;
  /** Whether it is only a limit of fleetmark: Ansible itself can read this. */
  needsAnsible?: true;
}

/** A parsed inventory: all of its servers, unless there is a mistake. */
export interface Inventory {
  entries: InventoryEntry[];
  /** At most `MAX_PLACED_PROBLEMS`. */
  mistakes: InventoryMistake[];
  /** The number of further mistakes. */
  unplaced: number;
}

/** `::1` becomes `0--1`, because an id must not begin with `-`. Letters with accents are normalized. */
export function idOfHost(host: string): string {
  const name = host.normalize('NFC');
  return name.includes(':') && isIPv6(name) ? name.replace(/^:/, '0:').replace(/[:%]/g, '-') : name;
}

/** Gives each host of an inventory a unique server id. */
export class ServerIds {
  readonly #taken: Set<string>;
  readonly #names = new Map<string, string>();

  constructor(names: Iterable<string>) {
    this.#taken = new Set([...names].map(idOfHost));
  }

  /**
   * @returns skip: why the name is not a valid id (its row has a made-up one); twin: an earlier host with this id
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

/** Replaces characters that are not valid in an id by `-`, and adds a number if the id is taken. */
function standInId(name: string, taken: ReadonlySet<string>): string {
  const letters = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{Nd}._-]|\p{Default_Ignorable_Code_Point}/gu, '-');
  let head = Array.from(/^[\p{L}\p{Nd}_]/u.test(letters) ? letters : `_${letters}`).slice(0, 90);
  for (let number = 1; ; number += 1) {
    const id = head.join('') + (number === 1 ? '' : `-${number}`);
    if (!isServerId(id)) head = head.slice(0, -1);
    else if (!taken.has(id)) return id;
  }
}
