import type { ToolReadings } from '../benchmarks/tool.ts';
import { Failure } from '../domain/failures/failure.ts';
import { jobCrashed } from '../domain/jobs/job-crashed.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import { tooMuchOutput } from '../domain/jobs/output-limit.ts';
import { meaningOf } from '../domain/plans/command-output.ts';
import type { ProcessLimits } from '../domain/servers/process-limits.ts';
import { printable } from '../domain/values/untrusted.ts';
import { splitResultFiles } from '../outputs/result-files.ts';
import type { Program } from './program.ts';

const MAX_WORDS = 120;
const MAX_LAST_LINE = 10_000;

/**
 * Reads one sample. A fault that the tool reports counts even if it also ended with an error.
 * @throws Failure BenchmarkCrashed, UnreadableOutput
 */
export function readSample(program: Program, result: JobResult, limits: ProcessLimits | null): ToolReadings {
  const { exitCode } = result;
  const meaning = exitCode === null ? 'error' : meaningOf(program.exit, exitCode);
  if (meaning === 'read') {
    if (!result.truncated) return program.read(result);
  }
  const { faults = [], devices = [], error } = signsOf(program, result);
  const failed = { version: null, readings: [], devices };
  if (faults.length > 0) return { ...failed, faults };
  if (meaning === 'read') throw tooMuchOutput(program.name);
  // The tool says that it did not work, which is more than its exit status does.
  if (error?.type === 'BenchmarkCrashed') throw new Failure('BenchmarkCrashed', error.message);
  const printed = { ...result, stdout: splitResultFiles(result.stdout, program.files).stdout };
  if (meaning === 'error') throw jobCrashed(program.name, printed, limits);
  return { ...failed, faults: [{ says: `it exited with ${exitCode}`, device: null, text: lastWords(printed) }] };
}

/** What the output of a tool says that did not succeed, so that numbers may be missing. */
function signsOf(program: Program, result: JobResult): Partial<ToolReadings> {
  try {
    return program.read(result);
  } catch (error) {
    if (error instanceof Failure) return {};
    throw error;
  }
}

/** The last line that a tool wrote, rather to standard error. */
function lastWords({ stdout, stderr }: JobResult): string {
  const lines = (stderr.trim() || stdout.trim()).slice(-MAX_LAST_LINE).split(/[\r\n]+/);
  return printable(lines.at(-1) ?? '', MAX_WORDS);
}
