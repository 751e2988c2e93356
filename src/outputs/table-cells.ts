import { shown } from './shown.ts';

/** A cell of a line, and where it stands. */
export interface Cell {
  text: string;
  start: number;
}

/** The cells of a line, between gaps. */
export function cellsOf(line: string, gap: RegExp): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  for (const text of line.split(new RegExp(`(${gap.source})`))) {
    if (text.trim() !== '') cells.push({ text: text.trim(), start: start + text.length - text.trimStart().length });
    start += text.length;
  }
  return cells;
}

const WIDE_GAP = /\s{2,}/;

/** The gap between the cells of a table: in some tables names have blanks, as `Best Rate MB/s`, and gaps are wider. */
export function gapOf(header: string, rows: readonly string[]): RegExp {
  const [ofHeader = 0, ...ofRows] = [header, ...rows].map((line) => cellsOf(line, WIDE_GAP).length);
  // The column with the names of the rows may have no name.
  const fits = [0, 1].some((more) => ofRows.every((count) => count === ofHeader + more));
  return fits && ofHeader > 1 && rows.length > 0 ? WIDE_GAP : /\s+/;
}

/** Why cells are no row of a table: too few or too many, or under another column; null if they are one. */
export function whyNoRow(cells: readonly Cell[], columns: readonly Cell[]): string | null {
  if (cells.length !== columns.length + 1)
    return `has ${cells.length} cells, not ${columns.length + 1}: it is no row of the table`;
  if (!isAligned(columns)) return null;
  const values = cells.slice(1);
  const shifted = values.findIndex((value, index) => {
    const [before, after] = [columns[index - 1], columns[index + 1]];
    const isBefore = before !== undefined && endOf(value) <= endOf(before);
    return isBefore || (after !== undefined && value.start >= after.start);
  });
  if (shifted < 0) return null;
  const [value, column] = [shown(values[shifted]!.text), shown(columns[shifted]!.text)];
  return `has ${value} under another column than ${column}: a cell may be empty`;
}

/** Whether columns have places: where their names are one blank apart, the cells below stand anywhere. */
function isAligned(columns: readonly Cell[]): boolean {
  return columns.some((column, index) => index > 0 && column.start - endOf(columns[index - 1]!) > 1);
}

function endOf({ text, start }: Cell): number {
  return start + text.length;
}
