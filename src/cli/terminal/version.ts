import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package and of Node, for bug reports. */
export function version(): string {
  const file = join(import.meta.dirname, '..', '..', '..', 'package.json');
  const { version: own } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `${own} (node ${process.versions.node})`;
}
