import { textWidth } from './text-width.ts';
import { plain, type Style, type StyleRole } from './style.ts';

type Cell = string | { text: string; role: StyleRole };

/** In fewer columns, a text says more on lines of its own. */
const MIN_TEXT_WIDTH = 24;

const INDENT = '  ';

/** Narrower pieces of a word say nothing. */
const MIN_PIECE_WIDTH = 8;

/**
 * One line for each row, with aligned columns separated by one space; the last column is not padded. In a terminal that is
 * too narrow, the last column goes on below itself, or on lines of its own.
 */
export function table(rows: readonly (readonly Cell[])[], style: Style = plain, width = Infinity): string[] {
  return tableRows(rows, style, width).flat();
}

/** As {@link table}: the lines of each row. */
export function tableRows(rows: readonly (readonly Cell[])[], style: Style = plain, width = Infinity): string[][] {
  const widths = columnWidths(rows);
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const padding = column < row.length - 1 ? ' '.repeat(widths[column]! - textWidth(textOf(cell))) : '';
      return styled(cell, style) + padding;
    });
    const line = cells.join(' ').trimEnd();
    const before = widths.slice(0, row.length - 1).reduce((sum, each) => sum + each + 1, 0);
    const last = row.at(-1);
    if (last === undefined || before + textWidth(textOf(last)) <= width) return [line];
    const isBelow = width - before >= MIN_TEXT_WIDTH || row.length === 1;
    const indent = isBelow ? ' '.repeat(before) : INDENT.repeat(2);
    const parts = wrapped(indent + textOf(last), width, indent).map((text) => text.slice(indent.length));
    const [first = '', ...others] = parts.map((text) =>
      styled(typeof last === 'string' ? text : { ...last, text }, style)
    );
    const head = cells.slice(0, -1).join(' ');
    const rest = others.map((text) => indent + text);
    return isBelow ? [`${head}${head === '' ? '' : ' '}${first}`, ...rest] : [head.trimEnd(), indent + first, ...rest];
  });
}

/**
 * A table whose first row names its columns. In a terminal that is too narrow for them, each row is its first cell, and below
 * it a line for each other one that is not `-`.
 */
export function headedTable(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  style: Style = plain,
  width = Infinity
): string[] {
  const all = [headRow(...names), ...rows];
  const before = columnWidths(all)
    .slice(0, -1)
    .reduce((sum, each) => sum + each + 1, 0);
  if (before + MIN_TEXT_WIDTH <= width || fitsIn(all, width)) return table(all, style, width);
  return rows.flatMap(([first, ...others]) => {
    const facts = others.flatMap((cell, index) =>
      ['-', ''].includes(textOf(cell)) ? [] : [[{ text: `${INDENT}${names[index + 1]}`, role: 'muted' as const }, cell]]
    );
    return [...(first === undefined ? [] : [styled(first, style)]), ...table(facts, style, width)];
  });
}

/** Whether each row of a table is one line. */
export function fitsIn(rows: readonly (readonly Cell[])[], width: number): boolean {
  return width === Infinity || table(rows).every((line) => textWidth(line) <= width);
}

function columnWidths(rows: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, textWidth(textOf(cell)));
    }
  }
  return widths;
}

function styled(cell: Cell, style: Style): string {
  return typeof cell === 'string' ? cell : style(cell.role, cell.text);
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

/** The first row of a table. */
export function headRow(...names: string[]): Cell[] {
  return names.map((text) => ({ text, role: 'muted' }));
}

/** The lines of sections, separated by empty lines; empty sections are left out. */
export function sectionsText(sections: readonly string[][]): string {
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

/** Truncates a text to this number of terminal columns, with an ellipsis. */
export function fit(text: string, width: number): string {
  if (fitsSurely(text, width) || textWidth(text) <= width) return text;
  let fitting = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (textWidth(fitting + segment) > width - 1) break;
    fitting += segment;
  }
  return width < 1 ? '' : `${fitting}…`;
}

/** No character takes more than two columns; to count them takes long for the first text that is not ASCII. */
function fitsSurely(text: string, width: number): boolean {
  return text.length * 2 <= width;
}

/** A text in lines of at most this many terminal columns, broken at spaces; all but the first one are indented. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  if (fitsSurely(text, width)) return [text];
  const [, first, rest] = /^( *)(.*)$/s.exec(text)!;
  const lines: string[] = [];
  let line = first!;
  let isEmpty = true;
  for (const word of rest!.split(' ').flatMap((each) => piecesOf(each, width - indent.length))) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (isEmpty || textWidth(longer) <= width) line = longer;
    else {
      lines.push(fit(line, width));
      line = indent + word;
    }
    isEmpty = false;
  }
  return [...lines, fit(line, width)];
}

/** A word that is wider than a line, such as a path, in pieces that fit. */
function piecesOf(word: string, room: number): string[] {
  if (room < MIN_PIECE_WIDTH || textWidth(word) <= room) return [word];
  const pieces = [''];
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(word)) {
    if (textWidth(pieces.at(-1)! + segment) > room) pieces.push('');
    pieces[pieces.length - 1] += segment;
  }
  return pieces;
}

/** Writes times as `2026-11-29 02:00`, by default in the time zone of this machine. */
export function timeFormat(timeZone?: string): (iso: string) => string {
  if (timeZone === undefined) return localTime;
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone });
  return (iso) => format.format(new Date(iso));
}

/** The first format of Intl takes 14 ms, a good part of a short command. */
function localTime(iso: string): string {
  const time = new Date(iso);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16).replace('T', ' ');
}
