import { Failure } from '../../domain/failures/failure.ts';
import { matchesPattern } from '../../domain/values/wildcards.ts';
import { didYouMean } from '../../source/nearest-word.ts';
import { quoted } from '../../source/problem.ts';

/** The servers and groups that can be selected. */
export interface Names {
  /** In the order of the inventory. */
  ids: ReadonlySet<string>;
  /** Without `all`, the group of all servers. */
  groups: ReadonlyMap<string, readonly string[]>;
}

export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * The servers or groups that a pattern without `!` matches, at least one.
 * @throws Failure UnknownServer, InvalidInput
 */
export function meaningOf(pattern: string, names: Names): { server: boolean; of: string[] } {
  const { ids, groups } = names;
  const name = pattern.replace(/^[@=]/, '');
  if (!/^[\p{L}\p{M}\p{Nd}._*?-]{1,100}$/u.test(name)) throw unreadable(pattern);
  const [isServer, isGroup] = [ids.has(name), groups.has(name) || name === 'all'];
  if (pattern.startsWith('=')) {
    if (!isServer && isGroup)
      throw new Failure('UnknownServer', `"${name}" is not a server of the inventory, but a group.`);
    if (!isServer) throw unknownServer(name, [...ids]);
    return { server: true, of: [name] };
  }
  if (pattern.startsWith('@')) {
    if (hasWildcard(name)) return { server: false, of: matching(name, 'group', names) };
    if (!isGroup) throw unknownGroup(name, names);
    return { server: false, of: [name] };
  }
  if (hasWildcard(name)) return { server: true, of: matching(name, 'server', names) };
  if (isServer && isGroup) {
    const ways = `write "=${name}" for the server, "@${name}" for the group`;
    throw new Failure('InvalidInput', `${quoted(name)} is both a server and a group; ${ways}.`);
  }
  if (!isServer && !isGroup) throw unknownServer(name, [...ids, ...groups.keys()]);
  return { server: isServer, of: [name] };
}

function matching(pattern: string, kind: 'server' | 'group', { ids, groups }: Names): string[] {
  const isGroup = kind === 'group';
  const [names, others] = isGroup ? [[...groups.keys()], ids] : [[...ids], groups.keys()];
  const found = names.filter((name) => matchesPattern(name, pattern));
  if (found.length > 0) return found;
  const [sign, otherSign] = isGroup ? ['@', ''] : ['', '@'];
  const isOther = [...others].some((name) => matchesPattern(name, pattern));
  const hint = isOther ? `; "${otherSign}${pattern}" does match ${isGroup ? 'servers' : 'groups'}.` : '.';
  throw new Failure('InvalidInput', `${quoted(sign + pattern)} matches no ${kind} of the inventory${hint}`);
}

function unreadable(pattern: string): Failure {
  const hint = /^[^:&]+[:&]/.test(pattern) ? '; patterns are separated by commas' : '';
  return new Failure('InvalidInput', `${quoted(pattern)} is neither a server id nor a pattern${hint}.`);
}

export function unknownServer(serverId: string, names: readonly string[]): Failure {
  const similar = didYouMean(serverId, names);
  return new Failure('UnknownServer', `${quoted(serverId)} is not in the inventory${similar || '.'}`);
}

function unknownGroup(name: string, { ids, groups }: Names): Failure {
  const known = [...groups.keys(), 'all'].map((group) => `@${group}`);
  const hint = ids.has(name) ? `, but "${name}" is a server.` : didYouMean(`@${name}`, known) || '.';
  return new Failure('InvalidInput', `${quoted(`@${name}`)} is not a group of the inventory${hint}`);
}
