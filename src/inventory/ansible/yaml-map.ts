/** Marks a value that two merged maps contain: in YAML the first one wins, in PyYAML 6.0.4 the last. */
export const MERGED_TWICE = Symbol('in two merged maps');

/** The keys of a map in their order, with those that `<<` merges in; null if it is not a map. */
export function keysOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (!(value instanceof Map)) return null;
  const own = value as ReadonlyMap<string, unknown>;
  if (!own.has('<<')) return own;
  const all = new Map<string, unknown>();
  for (const source of [own.get('<<')].flat().map(keysOf)) {
    if (source === null) return null;
    for (const [key, each] of source) all.set(key, all.has(key) ? MERGED_TWICE : each);
  }
  for (const [key, each] of own) if (key !== '<<') all.set(key, each);
  return all;
}

export function mapOrNothing(value: unknown): ReadonlyMap<string, unknown> | null {
  return value === null ? new Map() : keysOf(value);
}

/** Removes the quoted part of a message, which may be part of a password. */
export function withoutQuotation(message: string): string {
  const [what, why = ''] = message.split(/: (.*)/s);
  return `${what}: ${why.replace(/[:"'`!&*@%\\].*$/s, '').trim()}`;
}
