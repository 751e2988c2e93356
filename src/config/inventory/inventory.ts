import { isIPv6 } from 'node:net';
import type { JumpHost } from '../../domain/server.ts';

/** A server as an inventory names it; null where it leaves something to the configuration. */
export interface InventoryEntry {
  serverId: string;
  host: string;
  port: number | null;
  user: string | null;
  /** As it is written: `~` and relative paths are still to be resolved. */
  keyFile: string | null;
  /** Fingerprint of the only host key that it may show. */
  hostKey: string | null;
  /** The one that is reached directly first; empty: none at all. */
  jumps: JumpHost[] | null;
  /** The class that it names. */
  hardwareClass?: string | null;
  /** Sorted; without `all`, which every server is in. */
  groups: string[];
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

/** Of a line, or of a value that counts: far above any real one. */
export const mostCharacters = 10_000;

/** `::1` is `0::1`: an id begins with a letter or digit. */
export function idOfHost(host: string): string {
  return host.includes(':') && isIPv6(host) ? host.replace(/^:/, '0:').replace(/[:%]/g, '-') : host;
}

/** 1 to 65535, else null. */
export function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}
