import { quoted } from '../source/problem.ts';

/** What a configuration is read from: `fleetmark.yaml`, an inventory in place of the servers that it names, or both. */
export type ConfigurationSource =
  | { file: string; inventory: GivenInventory | null }
  /** Without a `fleetmark.yaml`: all of its defaults. */
  | { file: null; inventory: GivenInventory };

/** What `--inventory` names. */
export type GivenInventory =
  | { kind: 'file'; written: string; path: string }
  /** Read once: whoever goes on with a run gives it again. */
  | { kind: 'standard input'; written: '-'; text: string }
  /** `web-1,web-2` or `web-[1-8]`: the text has one a line. */
  | { kind: 'list'; written: string; text: string };

/** What a person calls it, in one printable line. */
export function shownInventory({ kind, written }: GivenInventory): string {
  if (kind === 'standard input') return kind;
  return /^[\w./~-]{1,200}$/.test(written) ? written : quoted(written);
}

/** The same of both: `fleetmark.yaml with the inventory hosts.ini`. */
export function shownSource({ file, inventory }: ConfigurationSource): string {
  if (file === null) return shownInventory(inventory);
  return inventory === null ? file : `${file} with the inventory ${shownInventory(inventory)}`;
}
