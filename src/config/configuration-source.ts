import { quoted } from '../source/problem.ts';

/** The source of a configuration: `fleetmark.yaml`, an inventory that replaces its servers, or both. */
export type ConfigurationSource =
  | { file: string; inventory: GivenInventory | null }
  /** Without a `fleetmark.yaml`: all of its defaults. */
  | { file: null; inventory: GivenInventory };

/** The value of `--inventory`. */
export type GivenInventory =
  | { kind: 'file'; written: string; path: string }
  /** Can only be read once: to resume a run, pass it again. */
  | { kind: 'standard input'; written: '-'; text: string }
  /** `web-1,web-2` or `web-[1-8]`; the text has one per line. */
  | { kind: 'list'; written: string; text: string };

/** Its name in messages, one printable line. */
export function shownInventory({ kind, written }: GivenInventory): string {
  if (kind === 'standard input') return kind;
  return /^[\w./~-]{1,200}$/.test(written) ? written : quoted(written);
}

/** The name of a source in messages: `fleetmark.yaml with the inventory hosts.ini`. */
export function shownSource({ file, inventory }: ConfigurationSource): string {
  if (file === null) return shownInventory(inventory);
  return inventory === null ? file : `${file} with the inventory ${shownInventory(inventory)}`;
}
