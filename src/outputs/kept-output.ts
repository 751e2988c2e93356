import { CUT_MARK, OUTPUT_LIMIT_BYTES, tooMuchOutput, type KeptOutput } from '../domain/jobs/output-limit.ts';

/**
 * What a run keeps of a stream, as job-runner.sh does: its beginning, a mark and its end, or all of a short one.
 * @param keep - null: a long output is an error
 * @param what - the program: `the command of burn`
 * @throws Failure UnreadableOutput
 */
export function keptOutput(stream: Buffer, keep: KeptOutput | null, what: string): Buffer {
  if (keep === null) {
    if (stream.length > OUTPUT_LIMIT_BYTES) throw tooMuchOutput(what);
    return stream;
  }
  if (stream.length <= keep.head + keep.tail) return stream;
  const tail = stream.subarray(stream.length - keep.tail);
  return Buffer.concat([stream.subarray(0, keep.head), Buffer.from(`\n${CUT_MARK}\n`), tail]);
}
