import { Failure } from '../domain/failures/failure.ts';
import { CUT_MARK } from '../domain/jobs/output-limit.ts';
import { withoutControlSequences } from '../domain/values/untrusted.ts';
import type { CommandMetric } from '../domain/plans/command-output.ts';

const BYTE_ORDER_MARK = '\ufeff';

/** A stream or a file, without colours: whole, or its beginning and its end, without the lines that were cut. */
export interface StreamText {
  head: string;
  /** Null: nothing was cut. */
  tail: string | null;
}

export function streamText(written: string): StreamText {
  const text = withoutControlSequences(written.startsWith(BYTE_ORDER_MARK) ? written.slice(1) : written);
  const mark = `\n${CUT_MARK}\n`;
  const at = text.indexOf(mark);
  if (at < 0) return { head: text, tail: null };
  const [head, tail] = [text.slice(0, at), text.slice(at + mark.length)];
  const begin = /[\r\n]/.exec(tail);
  const end = Math.max(head.lastIndexOf('\n'), head.lastIndexOf('\r'));
  return { head: head.slice(0, end + 1), tail: begin === null ? '' : tail.slice(begin.index + 1) };
}

/**
 * The part in which a metric is searched. The first match is in the beginning, the last one in the end; of all else it must
 * be said where it is, since the missing part may have more of it.
 * @throws Failure UnreadableOutput
 */
export function textFor({ source, take, part }: CommandMetric, { head, tail }: StreamText): string {
  if (tail === null || part === 'head') return head;
  if (part === 'tail') return tail;
  if (source.kind === 'pattern' && take === 'first') return head;
  if (source.kind === 'pattern' && take === 'last') return tail;
  throw new Failure('UnreadableOutput', wasCut('of the output'));
}

export function wasCut(what: string): string {
  return `the middle ${what} was not kept: raise "keep", or say with "part" whether it is in the head or in the tail`;
}
