import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const readmeText = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

/** The contents of all fenced blocks of one language, in order. */
export function blocksOf(language: string): string[] {
  return [...readmeText.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!);
}

/** Every command of every sh block, in the order of the page, without the comment behind it. */
export function commandsOfReadme(): string[] {
  const lines = blocksOf('sh').flatMap((block) => block.trimEnd().split('\n'));
  return lines.map((line) => line.replace(/ +# .*$/, ''));
}
