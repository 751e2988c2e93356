import { Failure } from '../../domain/failures/failure.ts';
import type { DetachedJobRequest } from '../../domain/jobs/job.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { endingOf } from './job-view.ts';
import type { Ending, JobView } from './job-view.ts';

type Asked = Pick<DetachedJobRequest, 'jobId' | 'host'>;

/** How the command ended. @throws Failure where the job does not run any more, and has no result to be trusted */
export function endingOrFailure(view: JobView, asked: Asked): Ending {
  if (view.state === 'lost') throw lost(view, asked);
  if (view.state !== 'exited') throw removed(asked);
  const ending = endingOf(view);
  if (ending === null || ending.how === 'cancelled') throw neverEnded(view, ending, asked);
  if (ending.how === 'unable') {
    throw new Failure('HostUnsuitable', `the job could not be set up in ${asked.host.base}${fullDisk(ending)}`);
  }
  if (ending.how === 'timeout') {
    throw new Failure('BenchmarkTimedOut', `the command was still running after ${ending.seconds} s, and was killed`);
  }
  if (ending.diskFull || cutByDisk(view)) {
    const { status, seconds } = ending;
    throw new Failure(
      'HostUnsuitable',
      `the disk of ${asked.host.base} was full, so that output may be missing: the command ended with ${status} after ${seconds} s`
    );
  }
  return ending;
}

/** The folder was there, and is no more. */
function removed({ jobId, host }: Asked): Failure {
  return new Failure('JobLost', `the folder of the job was removed from the server: ${host.base}/${jobId}`);
}

function lost({ detail, runner, seconds }: JobView, { host }: Asked): Failure {
  if (detail === 'rebooted') {
    return new Failure('JobLost', `the server was restarted while the command ran (its boot id was ${host.bootId})`);
  }
  const who =
    detail === 'oom'
      ? "the kernel's out-of-memory killer, as its counter and its log say"
      : 'somebody, and not for want of memory';
  return new Failure(
    'JobLost',
    `the runner of the job (process ${runner}) was killed by ${who}; noticed ${Math.round(seconds)} s after its start`
  );
}

function neverEnded({ detail }: JobView, ending: Ending | null, { host }: Asked): Failure {
  if (ending !== null || detail === 'cancelled') return new Failure('JobLost', 'the job was cancelled while it ran');
  if (detail === 'unstarted') return new Failure('JobLost', 'the job was cancelled before it started');
  if (detail === 'cleaned') return new Failure('JobLost', 'the job was over and cleaned away: it does not start again');
  return new Failure(
    'HostUnsuitable',
    `the job in ${host.base} ended in a way we do not know: ${printable(detail, 80)}`
  );
}

/** Less was kept than the limit allows: the disk took no more. */
function cutByDisk({ keep, out, err }: JobView): boolean {
  return [out, err].some(({ cut, size }) => cut && size < keep);
}

function fullDisk({ diskFull }: Ending): string {
  return diskFull ? ': its disk is full' : '';
}
