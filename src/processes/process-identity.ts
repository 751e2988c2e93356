import { readFileSync } from 'node:fs';

/** Identifies a process: ids are reused, but not together with the start time. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot (`/proc/<pid>/stat`, field 22); null where there is no /proc. */
  startedAt: string | null;
}

export function identify(pid: number): ProcessIdentity {
  return { pid, startedAt: readStat(pid)?.startedAt ?? null };
}

/** A zombie is not running; some containers never reap theirs. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  if (startedAt === null) return answersSignal(pid);
  const stat = readStat(pid);
  return stat !== null && stat.startedAt === startedAt && stat.state !== 'Z' && stat.state !== 'X';
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readStat(pid: number): { state: string; startedAt: string } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name in the second field may contain spaces and brackets: count the fields from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  return state === undefined || startedAt === undefined ? null : { state, startedAt };
}
