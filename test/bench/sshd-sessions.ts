import { readFileSync } from 'node:fs';
import { eventually, processesWith } from '../support/processes.ts';
import type { Sshd } from '../support/sshd.ts';
import { cpuSeconds } from './cpu-seconds.ts';

/** The SSH sessions of a test sshd, with what runs in them, and not what was detached from them. */
export interface SshdSessions {
  /** The processes that accept connections. */
  listeners: number[];
  /** CPU seconds of all that have ended so far: the listeners have them only then. */
  cpuSeconds(): number;
  /** Waits until none is left. */
  end(): Promise<void>;
}

export function sessionsOf(sshd: Sshd): SshdSessions {
  const listeners = processesWith(`-f ${sshd.dir}`);
  const children = (): string =>
    listeners.map((pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')).join('');
  return {
    listeners,
    cpuSeconds: () => listeners.reduce((sum, pid) => sum + cpuSeconds(pid).ofEnded, 0),
    async end() {
      await eventually(children, (text) => text === '');
    },
  };
}
