import { printable } from '../domain/values/untrusted.ts';

const MAX_LENGTH = 160;

/** A text of an output as a phrase of a message: of a long one the beginning and the end. */
export function shown(text: string): string {
  const start = printable(text, MAX_LENGTH);
  if (start === '') return 'an empty text';
  if (!start.endsWith('…')) return `"${start}"`;
  return `"${printable(text.slice(0, 2 * MAX_LENGTH), MAX_LENGTH / 2)} ${printable(text.slice(-MAX_LENGTH / 2), MAX_LENGTH / 2)}"`;
}
