import { isIPv6 } from 'node:net';
import type { Server } from '../../domain/server.ts';

/** A server as an inventory names it; null where it leaves something to the configuration. */
export interface InventoryEntry extends Server {
  /** As it is written: `~` and relative paths are still to be resolved. */
  keyFile: string | null;
}

export interface InventoryMistake {
  line: number;
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

/** `::1` is `0::1`: an id begins with a letter or digit. */
export function idOfHost(host: string): string {
  return host.includes(':') && isIPv6(host) ? host.replace(/^:/, '0:').replace(/[:%]/g, '-') : host;
}
