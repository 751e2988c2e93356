import stringWidth from 'string-width';
import { plain } from './style.ts';
import type { Style, StyleRole } from './style.ts';

export interface Cell {
  text: string;
  role?: StyleRole;
}

/** One line for each row, with aligned columns separated by one space. The last column is not padded. */
export function table(rows: readonly (readonly Cell[])[], style: Style = plain): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { text }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(text));
    }
  }
  return rows.map((row) =>
    row
      .map(({ text, role }, column) => {
        const padding = column < row.length - 1 ? ' '.repeat(widths[column]! - stringWidth(text)) : '';
        return (role ? style(role, text) : text) + padding;
      })
      .join(' ')
      .trimEnd()
  );
}

/** Truncates a text to this number of terminal columns, with an ellipsis. */
export function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let fitting = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (stringWidth(fitting + segment) > width - 1) break;
    fitting += segment;
  }
  return width < 1 ? '' : `${fitting}…`;
}
