import { parseArgs } from 'node:util';
import type { JumpHost } from '../../domain/servers/server.ts';
import { isPrintable } from '../../domain/values/untrusted.ts';
import { shellWords } from '../shell-words.ts';
import { readPort } from './host.ts';
import { readJumpHosts } from './jump-hosts.ts';

const option = (type: 'boolean' | 'string') => (short: string) => [short, { type, short }] as const;
const OPTIONS = Object.fromEntries([
  ...[...'qaxCTvNnAk46'].map(option('boolean')),
  ...[...'Wlpio'].map(option('string')),
]);

/**
 * The jump host of a `ProxyCommand` such as `ssh -W %h:%p bastion`, which was common before `ProxyJump`. Accepts -i, -l, -p,
 * and -o with their equivalents or with options that do not change the route. Null for any other command.
 */
export function jumpOfCommand(command: string): JumpHost | null {
  const words = shellWords(command.trim().replace(/^exec\s+/, ''), false);
  if ('problem' in words || !/^(?:\/usr\/bin\/)?ssh$/.test(words[0] ?? '')) return null;
  const read = readArguments(words.slice(1));
  if (read === null || !/^(?:%h:%p|\[%h\]:%p)$/.test(read.options.get('W') ?? '')) return null;
  const { options, destination } = read;
  const [user, port, keyFile] = [options.get('l'), options.get('p'), options.get('i')];
  // Two user names are ambiguous; a comma would add a jump host.
  if ((user !== undefined && destination.includes('@')) || destination.includes(',')) return null;
  const hosts = readJumpHosts(user === undefined ? destination : `${user}@${destination}`);
  const [host] = typeof hosts === 'string' ? [] : hosts;
  if (host === undefined) return null;
  const number = port === undefined ? host.port : readPort(port);
  if (port !== undefined && (number === null || host.port !== null)) return null;
  if (keyFile !== undefined && !isKeyPath(keyFile)) return null;
  return { ...host, port: number, ...(keyFile === undefined ? {} : { keyFile }) };
}

/** The options by letter, each at most once. Null for an unsupported or duplicate option. */
function readArguments(args: string[]): { options: Map<string, string>; destination: string } | null {
  const options = new Map<string, string>();
  try {
    const { tokens, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true, tokens: true });
    for (const token of tokens) {
      if (token.kind !== 'option' || token.value === undefined) continue;
      const [letter, value] = token.name === 'o' ? letterAndValue(token.value) : [token.name, token.value];
      if (letter === null || options.has(letter)) return null;
      if (letter !== '') options.set(letter, value);
    }
    const [destination, ...others] = positionals;
    return destination === undefined || others.length > 0 ? null : { options, destination };
  } catch {
    return null;
  }
}

/** `-o Port=22` is `-p 22`. The letter is empty for a harmless option, and null for an unsupported one. */
function letterAndValue(written: string): [letter: string | null, value: string] {
  const [, name = '', value = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)"?(.*?)"?\s*$/s.exec(written) ?? [];
  const letter = { user: 'l', port: 'p', identityfile: 'i' }[name.toLowerCase()];
  return [letter ?? (isHarmless(name) ? '' : null), value];
}

/** Only ssh can expand a path with its tokens. */
export function isKeyPath(path: string): boolean {
  return path !== '' && path.length <= 1000 && isPrintable(path) && !/[%$]|^~[^/]|^none$/.test(path);
}

/** Options that do not change the route, or that concern host keys, which fleetmark always checks itself. */
const HARMLESS_OPTIONS = new Set(
  `addkeystoagent batchmode checkhostip compression connectionattempts connecttimeout controlmaster controlpath
  controlpersist forwardagent forwardx11 globalknownhostsfile gssapiauthentication gssapidelegatecredentials
  hashknownhosts identitiesonly ipqos kbdinteractiveauthentication loglevel numberofpasswordprompts
  passwordauthentication preferredauthentications pubkeyauthentication requesttty serveralivecountmax
  serveraliveinterval stricthostkeychecking tcpkeepalive updatehostkeys userknownhostsfile verifyhostkeydns
  visualhostkey`.split(/\s+/)
);

/** Whether an option of ssh changes neither the route nor the account. */
export function isHarmless(option: string): boolean {
  return HARMLESS_OPTIONS.has(option.toLowerCase());
}
