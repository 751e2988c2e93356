import { shellWords } from './shell-words.ts';

/**
 * The jump host of a `ProxyCommand` that is one in other words, as before `ProxyJump` there was: `ssh -W %h:%p bastion`,
 * also with `-q`, `-l USER` and `-p PORT`. Of any other command nobody knows where it leads: null.
 * @returns as `readJumpHosts` takes it
 */
export function jumpOfCommand(command: string): string | null {
  const words = shellWords(command.trim().replace(/^exec\s+/, ''), false);
  if ('problem' in words || !/^(?:\/usr\/bin\/)?ssh$/.test(words[0] ?? '')) return null;
  const found = new Map<string, string>();
  let place: string | null = null;
  for (let at = 1; at < words.length; at += 1) {
    const [, letter, attached = ''] = /^-([Wlpq])(.*)$/s.exec(words[at]!) ?? [];
    if (letter === undefined) {
      if (place !== null || words[at]!.startsWith('-')) return null;
      place = words[at]!;
    } else if (letter === 'q') {
      if (attached !== '') return null;
    } else {
      if (attached === '') at += 1;
      const value = attached === '' ? words[at] : attached;
      if (value === undefined || found.has(letter)) return null;
      found.set(letter, value);
    }
  }
  if (place === null || !/^(?:%h:%p|\[%h\]:%p)$/.test(found.get('W') ?? '')) return null;
  const [user, port] = [found.get('l'), found.get('p')];
  // With a name in both places ssh would have to be asked which one counts; a comma would be another jump host.
  if ((user !== undefined && place.includes('@')) || place.includes(',')) return null;
  const name = place.includes(':') && port !== undefined ? `[${place}]` : place;
  return (user === undefined ? '' : `${user}@`) + name + (port === undefined ? '' : `:${port}`);
}
