import { Failure } from '../../domain/failures/failure.ts';
import type { JobHost } from '../../domain/jobs/job.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Answer } from './answer-reader.ts';

/** The answer of `probe`. @throws Failure HostUnsuitable if it is invalid */
export function jobHost({ values }: Answer): JobHost {
  const [base = '', free = '', bootId = ''] = ['base', 'free', 'boot'].map((name) => values.get(name));
  if (isJobFolder(base) && /^\d{1,15}$/.test(free) && /^[A-Za-z0-9-]{1,64}$/.test(bootId)) {
    return { base, freeKib: Number(free), bootId };
  }
  throw invalidAnswer('probe', values);
}

export function invalidAnswer(scriptName: string, values: Answer['values']): Failure {
  const answer = printable([...values].map((entry) => entry.join('=')).join(' '), 200);
  return new Failure('HostUnsuitable', `the server sent an invalid answer to the script "${scriptName}": ${answer}`);
}

/** Files are deleted in this folder, so it must be one that `probe` chose. */
export function checkJobFolder({ base, guard = '0' }: JobHost): string {
  if (isJobFolder(base) && /^[0-9a-f]{1,64}$/.test(guard)) return base;
  throw new Failure('InvalidInput', `${JSON.stringify(base)} is not a valid folder for jobs`);
}

function isJobFolder(base: string): boolean {
  return /^\/[A-Za-z0-9._/@%+:,=-]{0,1000}\/\.fleetmark\.\d{1,10}$/.test(base) && !base.split('/').includes('..');
}

/** A job id names a folder on the server. Dots separate a prefix: cleaning `a` also cleans `a.1` and `a.2`. */
export function checkJobId(jobId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/.test(jobId)) return jobId;
  const rule = `use 1 to 201 letters, digits, ".", "_" or "-", beginning with a letter or a digit`;
  throw new Failure('InvalidInput', `${JSON.stringify(jobId)} is not a valid job id: ${rule}`);
}

export function runOf(jobId: string): string {
  return jobId.split('.', 1)[0]!;
}
