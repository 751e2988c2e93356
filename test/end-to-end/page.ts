import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of the documentation; its path in the repository. */
export interface Page {
  text: string;
  /** The contents of all fenced blocks of one language, in order. */
  blocksOf(language: string): string[];
  /** Every command of every sh block in order, without trailing comments. */
  commands: string[];
}

export function pageAt(path: string): Page {
  const text = readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');
  const blocksOf = (language: string): string[] =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block]) => block!);
  const lines = blocksOf('sh').flatMap((block) => block.trimEnd().split('\n'));
  return { text, blocksOf, commands: lines.map((line) => line.replace(/ +# .*$/, '')) };
}
