export type Keys = Record<string, unknown>;

/** In place of a value that two merged maps have: YAML takes the first one, PyYAML 6.0.4 the last. */
export const MERGED_TWICE = Symbol('in two merged maps');

/** With the keys that `<<` merges in. */
export function keysOf(value: unknown): Keys | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (!Object.hasOwn(value, '<<')) return value as Keys;
  const { '<<': merged, ...own } = value as Keys;
  const all: Keys = {};
  for (const source of [merged].flat().map(keysOf)) {
    if (source === null) return null;
    for (const [key, each] of Object.entries(source)) all[key] = Object.hasOwn(all, key) ? MERGED_TWICE : each;
  }
  return { ...all, ...own };
}

/** What is quoted may be a part of a password. */
export function withoutQuotation(message: string): string {
  const [what, why = ''] = message.split(/: (.*)/s);
  return `${what}: ${why.replace(/[:"'`!&*@%\\].*$/s, '').trim()}`;
}
