import { Failure } from '../../domain/failures/failure.ts';
import type { StreamView } from './job-view.ts';

/**
 * The output of a job that is over, read in pieces from the server: all of it where it is no longer than `limit`, else
 * the first and the last half of `limit`. Nothing else crosses the network, and nothing else is held in memory.
 * @param first what is known of the stream, with its first bytes
 * @param pieceBytes what one answer can carry
 * @param read bytes from an offset on: some, not necessarily all
 * @throws Failure UnreadableOutput of a server that hands it out in pieces so small that there is no end to them
 */
export async function readOutput(
  first: StreamView,
  { limit, pieceBytes }: { limit: number; pieceBytes: number },
  read: (offset: number) => Promise<Buffer>
): Promise<OutputEnds> {
  const { size, cut } = first;
  let readsLeft = 2 * Math.ceil(limit / pieceBytes) + 2;
  if (size <= limit && !cut) return { head: await range(0, size), tail: Buffer.alloc(0), missing: 0, cut };
  const half = Math.min(limit, size) >> 1;
  const head = await range(0, half);
  const tail = await range(size - half, size);
  return { head, tail, missing: size - 2 * half, cut };

  async function range(from: number, to: number): Promise<Buffer> {
    const pieces = from === 0 ? [first.content.subarray(0, to)] : [];
    for (let at = from + (pieces[0]?.length ?? 0); at < to;) {
      if (readsLeft-- === 0) {
        const message = `the server hands out the output of the job in pieces that are too small: ${at} of ${size} bytes so far`;
        throw new Failure('UnreadableOutput', message);
      }
      const piece = (await read(at)).subarray(0, to - at);
      if (piece.length === 0) throw new Failure('JobLost', `the output of the job ends at ${at} of ${size} bytes`);
      pieces.push(piece);
      at += piece.length;
    }
    return Buffer.concat(pieces);
  }
}

export interface OutputEnds {
  head: Buffer;
  tail: Buffer;
  /** Bytes between the two. */
  missing: number;
  /** The server itself truncated the output: more is missing than `missing` says. */
  cut: boolean;
}

/** UTF-8, with a line in place of what was cut out. */
export function outputText({ head, tail, missing, cut }: OutputEnds): string {
  if (missing === 0 && !cut) return head.toString('utf8');
  const howMany = cut ? `more than ${missing}` : String(missing);
  return `${head.toString('utf8')}\n[... ${howMany} bytes cut out ...]\n${tail.toString('utf8')}`;
}
