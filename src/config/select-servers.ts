import { Failure } from '../domain/failure.ts';
import { isServerId } from '../domain/server.ts';
import { expandNodeSet, isNodeSet, mostNames, splitAtCommas } from './inventory/node-set.ts';
import { didYouMean } from './nearest-word.ts';
import { quoted } from './problem.ts';

/** Each is compared with every id, while everything else in the process waits. */
const mostWildcards = 200;

/**
 * The ids that a selection means, in the order of the inventory. A pattern is an id, or has wildcards (`*`, `?`); `!`
 * before it takes servers away. Only `!` patterns: all servers but these. Patterns may be joined by commas, and a node
 * set (`web-[001-128,130]`) is each of its patterns.
 * @throws Failure UnknownServer for an id that is not in the inventory, InvalidInput for a pattern that matches nothing
 */
export function selectServers(ids: readonly string[], selection: readonly string[]): string[] {
  const written = selection.flatMap(splitAtCommas).map((text) => text.trim());
  const patterns = [...new Set(expandAll(written))];
  if (patterns.filter((pattern) => /[*?]/.test(pattern)).length > mostWildcards) {
    throw new Failure('InvalidInput', `The selection has more than ${mostWildcards} patterns with wildcards.`);
  }
  const excludes = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const includes = patterns.filter((pattern) => !pattern.startsWith('!'));
  const known = new Set(ids);

  const included = includes.length > 0 ? matchesOf(includes, ids, known) : known;
  const excluded = matchesOf(excludes, ids, known);
  const selected = [...known].filter((id) => included.has(id) && !excluded.has(id));
  if (selected.length === 0) {
    const few = patterns.slice(0, 5).map(quoted).join(', ') + (patterns.length > 5 ? ', ...' : '');
    throw new Failure('InvalidInput', `The selection ${few} leaves no server.`);
  }
  return selected;
}

/** A node set is each of its patterns: `web-[1-3]`, `!rack[1-2]-*`. */
function expandAll(written: readonly string[]): string[] {
  const patterns: string[] = [];
  for (const text of written) {
    const names = isNodeSet(text) ? expandNodeSet(text) : [text];
    if ('problem' in names) throw new Failure('InvalidInput', `The selection is wrong: ${names.problem}.`);
    if (patterns.length + names.length > mostNames) {
      throw new Failure('InvalidInput', `The selection is more than ${mostNames} patterns.`);
    }
    for (const name of names) patterns.push(name);
  }
  return patterns;
}

function matchesOf(patterns: readonly string[], ids: readonly string[], known: ReadonlySet<string>): Set<string> {
  return new Set(patterns.flatMap((pattern) => matches(pattern, ids, known)));
}

function matches(pattern: string, ids: readonly string[], known: ReadonlySet<string>): string[] {
  if (known.has(pattern)) return [pattern];
  if (isServerId(pattern)) throw unknownServer(pattern, ids);
  if (!/^[A-Za-z0-9._*?-]{1,100}$/.test(pattern)) {
    throw new Failure('InvalidInput', `${quoted(pattern)} is neither a server id nor a pattern of one.`);
  }
  const found = ids.filter((id) => matchesPattern(id, pattern));
  if (found.length === 0) throw new Failure('InvalidInput', `${quoted(pattern)} matches no server of the inventory.`);
  return found;
}

export function unknownServer(serverId: string, ids: readonly string[]): Failure {
  const similar = didYouMean(serverId, ids);
  return new Failure('UnknownServer', `${quoted(serverId)} is not in the inventory${similar || '.'}`);
}

/** `*` is anything, `?` one character. Never backtracks over more than the last `*`, so no pattern takes long. */
export function matchesPattern(text: string, pattern: string): boolean {
  let [at, here] = [0, 0];
  let [star, resume] = [-1, 0];
  while (at < text.length) {
    if (pattern[here] === '*') [star, resume, here] = [here, at, here + 1];
    else if (here < pattern.length && (pattern[here] === '?' || pattern[here] === text[at]))
      [at, here] = [at + 1, here + 1];
    else if (star >= 0) [resume, at, here] = [resume + 1, resume + 1, star + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(here));
}
