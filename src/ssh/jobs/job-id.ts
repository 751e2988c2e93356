import { Failure } from '../../domain/failures/failure.ts';

/** A job id names a folder on the server, and dots make a family of jobs: `a` cleans `a.1` and `a.2` too. */
export function checkJobId(jobId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/.test(jobId)) return jobId;
  throw new Failure(
    'InvalidInput',
    `${JSON.stringify(jobId)} is no job id: letters, digits, '.', '_' and '-', at most 201`
  );
}

/** The run that a job belongs to. */
export function runOf(jobId: string): string {
  return jobId.split('.', 1)[0]!;
}
