import { readPort } from '../source/hosts/host.ts';
import type { SshOption } from './options.ts';
import { fileLists } from './options.ts';
import type { ConfigLine } from './words.ts';

const mostKeys = 100;

/**
 * Notes what a line sets, unless that is set already.
 * @returns what is wrong with the line, which counts wherever it stands
 */
export function applyOption(
  options: Map<string, SshOption[]>,
  { keyword, rest, words }: ConfigLine,
  from: string,
  isActive: boolean
): string | null {
  const isCommand = keyword === 'proxycommand' || keyword === 'proxyjump';
  const values = keyword === 'proxyjump' ? rest.split(/[ \t]/, 1) : isCommand ? [rest] : words;
  if (values.length === 0 || (values[0] === '' && !isCommand)) return 'has no value';
  if (isCommand && rest === '') return 'has no value';
  if (values.length > 1 && single.has(keyword)) return 'has more than one value';
  if (values.length > 1 && fileLists.has(keyword) && values.some((value) => value.toLowerCase() === 'none')) {
    return 'has none and another file';
  }
  const wrong = wrongValue(keyword, values[0]!);
  if (wrong !== null || !isActive) return wrong;

  const before = options.get(keyword);
  const found = values.map((value) => ({ value, from }));
  if (keyword === 'identityfile') {
    const isNew = !before?.some(({ value }) => value === values[0]);
    if (isNew && (before?.length ?? 0) >= mostKeys) return 'is there too often';
    if (isNew) options.set(keyword, [...(before ?? []), ...found]);
  } else if (before === undefined && !isSettled(options, keyword, rest)) {
    options.set(keyword, fileLists.has(keyword) ? found : found.slice(0, 1));
  }
  return null;
}

const single: ReadonlySet<string> = new Set(
  'hostname port user identityfile identitiesonly identityagent hostkeyalias'.split(' ')
);

function wrongValue(keyword: string, value: string): string | null {
  if (keyword === 'port') return readPort(value) === null ? 'is no number from 1 to 65535' : null;
  if (keyword === 'proxyjump') return isJump(value) ? null : 'is neither none nor a list of user@host:port';
  if (keyword === 'identitiesonly') return /^(?:yes|no|true|false)$/i.test(value) ? null : 'is neither yes nor no';
  return null;
}

/** `parse_jump` of OpenSSH, which looks at each of them, whether it counts or not. */
function isJump(value: string): boolean {
  if (value.toLowerCase() === 'none') return true;
  return value.split(',').every((each) => {
    const [, port] = /^(?:ssh:\/\/)?(?:.+@)?(?:\[[^\]]+\]|[^:[\]@]+)(?::(\w+))?\/?$/.exec(each) ?? [null, '0'];
    return port === undefined || !/^\d+$/.test(port) || readPort(port) !== null;
  });
}

/** Of the two ways to say how a host is reached the first counts, but `ProxyJump none` leaves room for a command. */
function isSettled(options: ReadonlyMap<string, readonly SshOption[]>, keyword: string, rest: string): boolean {
  if (keyword === 'proxyjump') return rest.toLowerCase() !== 'none' && options.has('proxycommand');
  if (keyword !== 'proxycommand') return false;
  const jump = options.get('proxyjump')?.[0]?.value;
  return jump !== undefined && jump.toLowerCase() !== 'none';
}
