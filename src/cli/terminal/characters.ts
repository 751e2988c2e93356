import type { Terminal } from './terminal.ts';

/**
 * Whether the locale has characters beyond ASCII: the first variable that is set counts, and without one the locale is POSIX.
 * NO_COLOR is about colours alone.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html#tag_08_02
 */
export function isUnicode({ env }: Pick<Terminal, 'env'>): boolean {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return false;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /utf-?8/i.test(locale);
}
