import { printable } from '../domain/values/untrusted.ts';

/** A part of an output as a phrase of a message. */
export function shown(text: string): string {
  const start = printable(text, 160);
  return start === '' ? 'an empty text' : `"${start}"`;
}
