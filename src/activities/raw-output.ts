import type { JobResult } from '../domain/jobs/job.ts';

/** Maximum length of the tool output that an activity keeps. */
const MAX_RAW_CHARACTERS = 16_000;

/** The output of all samples; long output is cut in the middle. */
export function rawOutput(results: readonly Pick<JobResult, 'stdout' | 'stderr'>[]): string {
  const each = Math.floor(MAX_RAW_CHARACTERS / Math.max(results.length, 1));
  return results.map(({ stdout, stderr }) => headAndTail([stdout, stderr].filter(Boolean).join('\n'), each)).join('\n');
}

function headAndTail(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.max(Math.floor((limit - 40) / 2), 0);
  return `${text.slice(0, half)}\n[... ${text.length - 2 * half} characters ...]\n${text.slice(text.length - half)}`;
}
