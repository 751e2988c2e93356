export type Keys = Record<string, unknown>;

/** With the keys that `<<` merges in. */
export function keysOf(value: unknown): Keys | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (!Object.hasOwn(value, '<<')) return value as Keys;
  const { '<<': merged, ...own } = value as Keys;
  const sources = [merged].flat().map(keysOf);
  return sources.includes(null)
    ? null
    : { ...Object.fromEntries(sources.reverse().flatMap((source) => Object.entries(source ?? {}))), ...own };
}

/** What is quoted may be a part of a password. */
export function withoutQuotation(message: string): string {
  const [what, why = ''] = message.split(/: (.*)/s);
  return `${what}: ${why.replace(/[:"'`!&*@%\\].*$/s, '').trim()}`;
}
