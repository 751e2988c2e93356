import { Failure } from '../domain/failures/failure.ts';
import type { TableSource } from '../domain/plans/command-output.ts';
import type { FoundValue } from './found-value.ts';
import type { MatchPattern, Span } from './match-pattern.ts';
import { shown } from './shown.ts';
import { cellsOf, gapOf, whyNoRow } from './table-cells.ts';

/** Far longer than any table. Its cells take many times its memory. */
const MAX_LENGTH = 256 * 1024;

/**
 * The values of a table, row by row, up to an empty line. The first cell of a row is its name. The header has a name for
 * these, too, unless it begins farther to the right, as that of nvbandwidth.
 * @throws Failure UnreadableOutput if there are several such tables, a row has more or fewer cells than the header, or the
 * named row or column is not there once
 */
export function tableValues({ heading, row, column }: TableSource, text: string, match: MatchPattern): FoundValue[] {
  const found = match(heading.pattern, text, 'all');
  if (found.length === 0) return [];
  if (found.length > 1) throw unreadable(`the ${heading.is} ${heading.pattern} is there ${found.length} times`, text);
  const { columns, rows, isCut } = tableAt(text, placeOf(found[0]!.whole, heading), heading.is === 'title');
  const chosenRows = chosen(rows, row, (cells) => cells[0]!, `the row ${row}`, text);
  const chosenColumns = chosen([...columns.entries()], column, ([, name]) => name, `the column ${column}`, text);
  return chosenRows.flatMap((cells) =>
    chosenColumns.map(([index, name]) => ({
      where: () => `in row ${cells[0]!}, column ${name}`,
      ...{ text: cells[index + 1]!, unit: null, device: null, row: cells[0]!, column: name },
      doubt: isCut && cells === rows.at(-1) ? 'the output ends there, in the middle of a line' : null,
    }))
  );
}

/** A place in the line that the heading names. A title may have lines before it, which tell equal titles apart. */
function placeOf({ text, start }: Span, { is }: TableSource['heading']): number {
  return is === 'title' ? start + text.trimEnd().length : start;
}

interface Table {
  columns: string[];
  rows: string[][];
  /** The output ends in its last row. */
  isCut: boolean;
}

/** @param isTitle - the header is not in this line, but in the next */
function tableAt(text: string, start: number, isTitle: boolean): Table {
  const begin = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  const [header = '', ...others] = text
    .slice(begin, begin + MAX_LENGTH)
    .split(/\r\n|\r|\n/)
    .slice(isTitle ? 1 : 0);
  const end = others.findIndex((line) => line.trim() === '');
  if (end < 0 && text.length - begin > MAX_LENGTH)
    throw unreadable(`no empty line ends the table within ${MAX_LENGTH / 1024} KiB`, text);
  const isRuler = (line: string): boolean => /^[\s=|+-]+$/.test(line) && line.trim() !== '';
  const lines = (end < 0 ? others : others.slice(0, end)).filter((line) => !isRuler(line));
  const gap = gapOf(header, lines);
  const names = cellsOf(header, gap);
  const [first] = lines.map((line) => cellsOf(line, gap)[0]);
  const hasNameOfNames = (names[0]?.start ?? 0) < (first === undefined ? 0 : first.start + first.text.length);
  const columns = hasNameOfNames ? names.slice(1) : names;
  const rows = lines.map((line) => {
    const cells = cellsOf(line, gap);
    const why = whyNoRow(cells, columns);
    if (why === null) return cells.map((cell) => cell.text);
    throw unreadable(`the line ${shown(line)} ${why}`, text);
  });
  return { columns: columns.map((column) => column.text), rows, isCut: end < 0 };
}

function chosen<Item>(
  items: readonly Item[],
  name: string | null,
  nameOf: (item: Item) => string,
  what: string,
  text: string
): readonly Item[] {
  if (name === null) return items;
  const named = items.filter((item) => nameOf(item) === name);
  if (named.length === 1) return named;
  const there =
    named.length === 0 ? `not there; there are ${items.map(nameOf).slice(0, 20).join(', ')}` : 'there twice';
  throw unreadable(`${what} is ${there}`, text);
}

function unreadable(what: string, text: string): Failure {
  return new Failure('UnreadableOutput', `${what} in ${shown(text)}`);
}
