import stringWidth from 'fast-string-width';

/** The columns that a text takes in a terminal, without its colours. No character takes more than two: a tab takes one. */
export function textWidth(text: string): number {
  return stringWidth(text, { tabWidth: 1 });
}
