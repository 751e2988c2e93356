import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/commands.md'), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml]) => parse(yaml!) as { benchmarks: object });

/** The benchmarks of docs/commands.md. */
export const documented = Object.assign({}, ...blocks.map(({ benchmarks }) => benchmarks)) as Record<string, object>;

/** What a tool really printed. */
export function recorded(name: string): string {
  return readFileSync(join(root, 'test/fixtures/outputs', name), 'utf8');
}
