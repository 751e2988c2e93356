import { isIPv6 } from 'node:net';
import { isServerId } from '../../domain/servers/server.ts';
import type { ConnectionPart, Server } from '../../domain/servers/server.ts';

/** A server as an inventory names it; null where it leaves something to the configuration. */
export interface InventoryEntry extends Omit<Server, 'from'> {
  /** As it is written, as are those of jump hosts: `~` and relative paths are still to be resolved. */
  keyFile: string | null;
  from?: Partial<Record<ConnectionPart, Origin>>;
}

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

/** An id for the row of a host whose name is none: `-` for all that an id cannot hold, and a number where it is taken. */
export function standInId(name: string, isTaken: (id: string) => boolean): string {
  const letters = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{Nd}._-]|\p{Default_Ignorable_Code_Point}/gu, '-');
  let head = Array.from(/^[\p{L}\p{Nd}_]/u.test(letters) ? letters : `_${letters}`).slice(0, 90);
  for (let number = 1; ; number += 1) {
    const id = head.join('') + (number === 1 ? '' : `-${number}`);
    if (!isServerId(id)) head = head.slice(0, -1);
    else if (!isTaken(id)) return id;
  }
}
