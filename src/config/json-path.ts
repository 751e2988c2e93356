import parseJsonPath from 'jsonpath-rfc9535/parser';

/** A key as `.key`, up to a blank or an operator of a filter. */
const KEY = /\.([^.[\]\s=<>!&|(),]+)/g;

/** Why a text is no JSONPath (RFC 9535); null: it is one. */
export function jsonPathProblem(written: string): string | null {
  const at = invalidAt(written);
  if (at === null) return null;
  if (!written.startsWith('$')) {
    const bare = written.trim().replace(/^\$/, '');
    const path = `$${/^(?:[.[]|$)/.test(bare) ? '' : '.'}${bare}`;
    return `must begin with "$"${invalidAt(path) === null ? `: ${path}` : ''}`;
  }
  const isThere = ({ index, 0: { length } }: RegExpExecArray): boolean => index < at && at <= index + length;
  const key = [...written.matchAll(KEY)].find(isThere)?.[1];
  const hint = key === undefined || /^[a-z_]\w*$/i.test(key) ? '' : `; write the key as ['${key}']`;
  return `is not a valid JSONPath (RFC 9535)${at < 0 ? '' : ` at character ${at + 1}`}${hint}`;
}

/** The place of the first character that is wrong, -1 if it is unknown; null: the path is valid. */
function invalidAt(written: string): number | null {
  try {
    parseJsonPath(written);
    return null;
  } catch (error) {
    const { location } = error as { location?: { start: { offset: number } } };
    return location?.start.offset ?? -1;
  }
}

/**
 * The part of a JSONPath that is the list of the devices: 1 in `$.gpus[*].speed`, counted from 0. Of nested lists it is the
 * one that is no filter: `$.gpus[*].tests[?@.name == "bw"]` chooses a test by its name. `none`: the path has no list;
 * `several`: which one it is cannot be told. Null: unknown, since parts may be any number (`$..speed`), or the path is invalid.
 */
export function deviceList(path: string): number | 'none' | 'several' | null {
  if (invalidAt(path) !== null) return null;
  const { segments } = parseJsonPath(path);
  if (segments.some(({ type }) => type === 'DescendantSegment')) return null;
  const parts = segments.map(({ node }, part) => {
    const selectors: readonly { type: string }[] = node.type === 'BracketedSelection' ? node.selectors : [node];
    return { part, isList: isOfSeveral(selectors), isFilter: selectors.some(({ type }) => type === 'FilterSelector') };
  });
  const lists = parts.filter(({ isList }) => isList);
  const [list, ...more] = lists.length > 1 ? lists.filter(({ isFilter }) => !isFilter) : lists;
  if (lists.length === 0) return 'none';
  return list === undefined || more.length > 0 ? 'several' : list.part;
}

function isOfSeveral(selectors: readonly { type: string }[]): boolean {
  const finds = selectors.map(({ type }) => type);
  return finds.length !== 1 || ['WildcardSelector', 'SliceSelector', 'FilterSelector'].includes(finds[0]!);
}
