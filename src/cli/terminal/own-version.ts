import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from '../../processes/own-files.ts';

/** The version of this package. */
export function ownVersion(): string {
  const file = join(ownFolder, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
