import { Failure } from '../../domain/failures/failure.ts';
import type { JobHost } from '../../domain/jobs/job.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Answer } from './answer-reader.ts';

/** The answer of `probe`. @throws Failure HostUnsuitable where it makes no sense */
export function jobHost({ values }: Answer): JobHost {
  const [base = '', free = '', bootId = ''] = ['base', 'free', 'boot'].map((name) => values.get(name));
  if (isBase(base) && /^\d{1,15}$/.test(free) && /^[A-Za-z0-9-]{1,64}$/.test(bootId)) {
    return { base, freeKib: Number(free), bootId };
  }
  const said = printable(JSON.stringify([base, free, bootId]), 200);
  throw new Failure('HostUnsuitable', `its answer about a place for jobs makes no sense: ${said}`);
}

/** Files are deleted under this folder: no other than one that a probe found. */
export function checkHost({ base, guard = '0' }: JobHost): string {
  if (isBase(base) && /^[0-9a-f]{1,64}$/.test(guard)) return base;
  throw new Failure('InvalidInput', `${JSON.stringify(base)} is no folder for jobs: let probeJobs find one`);
}

function isBase(base: string): boolean {
  return /^\/[A-Za-z0-9._/@%+:,=-]{0,1000}\/\.fleetmark\.\d{1,10}$/.test(base) && !base.split('/').includes('..');
}
