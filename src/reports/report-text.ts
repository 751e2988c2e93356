import { printable, withoutControlSequences } from '../domain/values/untrusted.ts';

/** Text of a server as one line of at most `max` characters, without colours and control characters. */
export function reportText(text: string, max = 300): string {
  return printable(withoutControlSequences(text), max);
}
