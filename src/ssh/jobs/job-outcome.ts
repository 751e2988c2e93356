import { Failure, type FailureKind } from '../../domain/failures/failure.ts';
import type { JobName } from '../../domain/jobs/job.ts';
import type { LeftoverProcess } from '../../domain/jobs/leftover.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { endingOf, leftoverText, type Ending, type JobView } from './job-view.ts';

/**
 * How the command ended.
 * @param leftover - of a job that was killed
 * @throws Failure if the job has ended without a reliable result
 */
export function endingOrFailure(
  view: JobView,
  { jobId, host }: Pick<JobName, 'jobId' | 'host'>,
  leftover: readonly LeftoverProcess[] = []
): Ending {
  const fail = (kind: FailureKind, message: string): never => {
    throw new Failure(kind, message);
  };
  if (view.state === 'lost') return fail('JobLost', whyLost(view, host.bootId));
  if (view.state !== 'exited') {
    return fail('JobLost', `the folder of the job was removed from the server: ${host.base}/${jobId}`);
  }
  const ending = endingOf(view);
  const why = WITHOUT_ENDING.get(ending?.how ?? view.detail);
  if (why !== undefined) return fail('JobLost', why);
  if (ending === null) {
    return fail(
      'HostUnsuitable',
      `the server reported an unknown end of the job in ${host.base}: ${printable(view.detail, 80)}`
    );
  }
  const { how, status, seconds, diskFull } = ending;
  if (how === 'unable') {
    const full = diskFull ? ': its disk is full' : '';
    return fail('HostUnsuitable', `the job could not be set up in ${host.base}${full}`);
  }
  if (how === 'timeout') {
    const end = leftoverText(leftover) || ', and was killed';
    return fail('BenchmarkTimedOut', `the command was still running after ${seconds} s${end}`);
  }
  const end = `the command ended with ${status} after ${seconds} s`;
  if (diskFull || wasCutByDisk(view)) {
    return fail('HostUnsuitable', `the disk of ${host.base} was full, so that output may be missing: ${end}`);
  }
  if (view.isHeld) return fail('UnreadableOutput', `${end}, ${HELD}`);
  return ending;
}

const HELD =
  'but a process that it had started kept its output open, so that output may be missing; wait for this process in the ' +
  'command, or redirect its output';

const WITHOUT_ENDING = new Map([
  ['cancelled', 'the job was cancelled while it ran'],
  ['unstarted', 'the job was cancelled before it started'],
  ['cleaned', 'the job has ended and its files were removed, so it cannot start again'],
]);

function whyLost({ detail, runner, seconds }: JobView, bootId: string): string {
  if (detail === 'rebooted') return `the server was restarted while the command ran (its boot id was ${bootId})`;
  const killer =
    detail === 'oom'
      ? "the kernel's out-of-memory killer, as its counter and its log say"
      : 'an unknown process, not by the out-of-memory killer';
  return `the runner of the job (process ${runner}) was killed by ${killer}; noticed ${Math.round(seconds)} s after its start`;
}

/** The server kept less than the limit allows: its disk was full. */
function wasCutByDisk({ keep, out, err }: JobView): boolean {
  return [out, err].some(({ cut, size }) => cut && size < keep);
}
