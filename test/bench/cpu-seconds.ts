import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU seconds of a process, and of its children that have ended and were waited for (proc_pid_stat(5)). */
export function cpuSeconds(pid: number): { own: number; ofEnded: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
  return { own: (user! + system!) / TICKS_PER_SECOND, ofEnded: (endedUser! + endedSystem!) / TICKS_PER_SECOND };
}
