import { splitMachineState } from '../benchmarks/machine-state.ts';
import { Failure } from '../domain/failures/failure.ts';
import { outputOf, type JobOutput } from '../domain/jobs/job-failure.ts';

/** Maximum length of the tool output that an activity keeps. */
const MAX_RAW_CHARACTERS = 16_000;

/** A failed benchmark, with the output of its samples. */
export class BenchmarkFailure extends Failure {
  readonly raw: string;

  constructor(cause: Failure, raw: string) {
    super(cause.kind, cause.message, { cause });
    this.raw = raw;
  }
}

/**
 * An error of a benchmark, with what all of its samples printed: the last one too, if it is known.
 * @param results - of the samples that have ended
 */
export function withRawOutput(error: unknown, results: readonly JobOutput[]): unknown {
  if (!(error instanceof Failure)) return error;
  const last = outputOf(error);
  const outputs = last === null ? results : [...results, { ...last, stderr: splitMachineState(last.stderr).stderr }];
  const raw = rawOutput(outputs);
  return raw.trim() === '' ? error : new BenchmarkFailure(error, raw);
}

/** The output of all samples; long output is cut in the middle. */
export function rawOutput(results: readonly JobOutput[]): string {
  const each = Math.floor(MAX_RAW_CHARACTERS / Math.max(results.length, 1));
  return results
    .map(({ stdout, stderr, truncated }) => {
      const end = truncated ? '[... not all of the output was kept ...]' : '';
      return [headAndTail([stdout, stderr].filter(Boolean).join('\n'), each), end].filter(Boolean).join('\n');
    })
    .join('\n');
}

function headAndTail(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.max(Math.floor((limit - 40) / 2), 0);
  return `${text.slice(0, half)}\n[... ${text.length - 2 * half} characters ...]\n${text.slice(text.length - half)}`;
}
