import type { JumpHost } from '../../domain/servers/server.ts';
import { readPort } from './host.ts';
import { isHarmless } from './harmless-options.ts';
import { readJumpHosts } from './jump-hosts.ts';
import { shellWords } from '../shell-words.ts';

const FLAGS = /[qaxCTvNnAk46]/;
const WITH_VALUE = /[Wlpio]/;

/**
 * The jump host of a `ProxyCommand` that is one in other words, as before `ProxyJump` there was: `ssh -W %h:%p bastion`,
 * also with `-i KEY`, `-l USER`, `-p PORT`, and `-o` for the same or for what changes nothing. Of any other command nobody
 * knows where it leads: null.
 */
export function jumpOfCommand(command: string): JumpHost | null {
  const words = shellWords(command.trim().replace(/^exec\s+/, ''), false);
  if ('problem' in words || !/^(?:\/usr\/bin\/)?ssh$/.test(words[0] ?? '')) return null;
  const found = readOptions(words.slice(1));
  if (found === null || !/^(?:%h:%p|\[%h\]:%p)$/.test(found.options.get('W') ?? '')) return null;
  const { options, place } = found;
  const [user, port, keyFile] = [options.get('l'), options.get('p'), options.get('i')];
  // With a name in both places ssh would have to be asked which one counts; a comma would be another jump host.
  if ((user !== undefined && place.includes('@')) || place.includes(',')) return null;
  const hosts = readJumpHosts(user === undefined ? place : `${user}@${place}`);
  const [host] = typeof hosts === 'string' ? [] : hosts;
  if (host === undefined) return null;
  const number = port === undefined ? host.port : readPort(port);
  if (port !== undefined && (number === null || host.port !== null)) return null;
  if (keyFile !== undefined && !isKeyPath(keyFile)) return null;
  return { ...host, port: number, ...(keyFile === undefined ? {} : { keyFile }) };
}

/** By letter, an option of `-o` under the letter that says the same; null for what is not understood. */
function readOptions(words: readonly string[]): { options: Map<string, string>; place: string } | null {
  const options = new Map<string, string>();
  let place: string | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (!word.startsWith('-')) {
      if (place !== null) return null;
      place = word;
      continue;
    }
    let letters = word.slice(1);
    while (FLAGS.test(letters.charAt(0))) letters = letters.slice(1);
    const letter = letters.charAt(0);
    if (letter === '') {
      if (word === '-') return null;
      continue;
    }
    if (!WITH_VALUE.test(letter)) return null;
    const attached = letters.slice(1);
    if (attached === '') at += 1;
    const value = attached === '' ? words[at] : attached;
    if (value === undefined) return null;
    const option = letter === 'o' ? letterOf(value) : { letter, value };
    if (option === null) return null;
    if (option.letter === '') continue;
    if (options.has(option.letter)) return null;
    options.set(option.letter, option.value);
  }
  return place === null ? null : { options, place };
}

/** `-o Port=22` is `-p 22`; no letter: it changes nothing. */
function letterOf(option: string): { letter: string; value: string } | null {
  const [, name = '', value = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)"?(.*?)"?\s*$/s.exec(option) ?? [];
  const letter = { user: 'l', port: 'p', identityfile: 'i' }[name.toLowerCase()];
  if (letter !== undefined) return { letter, value };
  return isHarmless(name) ? { letter: '', value } : null;
}

/** With tokens of ssh only ssh itself can tell which file it is. */
export function isKeyPath(path: string): boolean {
  return (
    path !== '' &&
    path.length <= 1000 &&
    !/[%$\p{C}\u2028\u2029]/u.test(path) &&
    !/^~[^/]/.test(path) &&
    path !== 'none'
  );
}
