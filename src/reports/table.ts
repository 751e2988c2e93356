import stringWidth from 'string-width';
import { plain, type Style, type StyleRole } from './style.ts';

type Cell = string | { text: string; role: StyleRole };

/** One line for each row, with aligned columns separated by one space. The last column is not padded. */
export function table(rows: readonly (readonly Cell[])[], style: Style = plain): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(textOf(cell)));
    }
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const padding = column < row.length - 1 ? ' '.repeat(widths[column]! - stringWidth(textOf(cell))) : '';
      return (typeof cell === 'string' ? cell : style(cell.role, cell.text)) + padding;
    });
    return cells.join(' ').trimEnd();
  });
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
  if (fitsSurely(text, width) || stringWidth(text) <= width) return text;
  let fitting = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (stringWidth(fitting + segment) > width - 1) break;
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
  for (const word of rest!.split(' ')) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (isEmpty || stringWidth(longer) <= width) line = longer;
    else {
      lines.push(fit(line, width));
      line = indent + word;
    }
    isEmpty = false;
  }
  return [...lines, fit(line, width)];
}

/** Writes times as `2026-11-29 02:00`, in the time zone of this machine. To make one takes as long as 100 times. */
export function timeFormat(timeZone?: string): (iso: string) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone });
  return (iso) => format.format(new Date(iso));
}
