import { Failure } from '../../domain/failures/failure.ts';
import type { Server } from '../../domain/servers/server.ts';
import { MAX_NAMES } from '../entries/brackets.ts';
import { expandNodeSet, isNodeSet, splitAtCommas } from '../entries/node-set.ts';
import { quoted } from '../../source/problem.ts';
import { hasWildcard, meaningOf, type Names } from './selection-pattern.ts';

/** Each wildcard is compared with every id or group, which blocks the process. */
const MAX_WILDCARDS = 200;

/**
 * The selected ids, in the order of the inventory. A pattern is one of these. `!` before it excludes servers; a selection
 * of only `!` patterns excludes them from all servers:
 *
 * | `web-3`          | the server or the group of that name; refused if there are both       |
 * | `=web-3`         | the server                                                            |
 * | `@web`, `@web-*` | a group, or groups by wildcard, as in ClusterShell                    |
 * | `web-*`, `web-?` | servers                                                               |
 * | `*`, `all`       | all of them                                                           |
 *
 * Patterns may be joined by commas, and a node set (`web-[001-128,130]`, `@rack[1-4]`) is expanded.
 * @throws Failure UnknownServer for a name that is not in the inventory, InvalidInput for a pattern that matches nothing
 */
export function selectServers(
  servers: Iterable<Pick<Server, 'serverId' | 'groups'>>,
  selection: readonly string[]
): string[] {
  const names = namesOf(servers);
  const written = selection.flatMap(splitAtCommas).map((text) => text.trim().normalize('NFC'));
  const patterns = [...new Set(expandAll(written))];
  if (patterns.filter(hasWildcard).length > MAX_WILDCARDS) {
    throw new Failure('InvalidInput', `The selection has more than ${MAX_WILDCARDS} patterns with wildcards.`);
  }
  const excludes = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const includes = patterns.filter((pattern) => !pattern.startsWith('!'));

  const included = includes.length > 0 ? matchesOf(includes, names) : names.ids;
  const excluded = matchesOf(excludes, names);
  const selected = [...names.ids].filter((id) => included.has(id) && !excluded.has(id));
  if (selected.length === 0) {
    const few = patterns.slice(0, 5).map(quoted).join(', ') + (patterns.length > 5 ? ', ...' : '');
    throw new Failure('InvalidInput', `The selection ${few} selects no server.`);
  }
  return selected;
}

function namesOf(servers: Iterable<Pick<Server, 'serverId' | 'groups'>>): Names {
  const ids = new Set<string>();
  const groups = new Map<string, string[]>();
  for (const { serverId, groups: of } of servers) {
    ids.add(serverId);
    for (const group of of) {
      const members = groups.get(group);
      if (members) members.push(serverId);
      else groups.set(group, [serverId]);
    }
  }
  return { ids, groups };
}

/** Expands node sets: `web-[1-3]`, `!rack[1-2]-*`. */
function expandAll(written: readonly string[]): string[] {
  const patterns: string[] = [];
  for (const text of written) {
    const names = isNodeSet(text) ? expandNodeSet(text) : [text];
    if ('problem' in names) throw new Failure('InvalidInput', `Invalid selection: ${names.problem}.`);
    if (patterns.length + names.length > MAX_NAMES) {
      throw new Failure('InvalidInput', `The selection expands to more than ${MAX_NAMES} patterns.`);
    }
    for (const name of names) patterns.push(name);
  }
  return patterns;
}

/** Visits each group once, even if many patterns match it. */
function matchesOf(patterns: readonly string[], names: Names): Set<string> {
  const matched = new Set<string>();
  const groups = new Set<string>();
  for (const pattern of patterns) {
    const { server, of } = meaningOf(pattern, names);
    for (const name of of) (server ? matched : groups).add(name);
  }
  for (const group of groups) {
    for (const id of group === 'all' ? names.ids : names.groups.get(group)!) matched.add(id);
  }
  return matched;
}
