import { Failure } from '../../domain/failures/failure.ts';
import { leftoverName, type LeftoverProcess } from '../../domain/jobs/leftover.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Answer } from './answer-reader.ts';
import { invalidAnswer } from './job-names.ts';

const states = ['absent', 'idle', 'running', 'exited', 'lost'] as const;

/** The state of a job as the server reports it. Idle: its folder exists, but nothing ever ran. */
export interface JobView {
  state: (typeof states)[number];
  /** How it ended (state `exited`), or the cause (state `lost`). */
  detail: string;
  /** Since the job began, by the uptime of the server. */
  seconds: number;
  /** The process id of its runner. */
  runner: number;
  /** Bytes that the server keeps of each stream. */
  keep: number;
  /** Whether a process still had the output of the command open when the job ended. */
  isHeld: boolean;
  out: StreamView;
  err: StreamView;
}

export interface StreamView {
  size: number;
  /** Whether some output was not kept. */
  cut: boolean;
  /** The bytes of the stream in this answer. */
  content: Buffer;
}

/** The outcome of a job that ran to its end. */
export interface Ending {
  status: number;
  how: 'ended' | 'timeout' | 'cancelled' | 'unable';
  seconds: number;
  /** Whether the disk had no free space left. */
  diskFull: boolean;
}

/** Reads the answer of `start` or `poll`. @throws Failure HostUnsuitable if it is invalid */
export function jobView({ values, out, err }: Answer): JobView {
  const text = (name: string) => values.get(name) ?? '';
  const number = (name: string) => {
    if (/^-?\d{1,15}$/.test(text(name))) return Number(text(name));
    throw invalidAnswer('poll', values);
  };
  const state = states.find((known) => known === text('state'));
  if (state === undefined) throw invalidAnswer('poll', values);
  return {
    state,
    detail: text('detail'),
    seconds: number('age') / 100,
    runner: number('runner'),
    keep: number('keep'),
    isHeld: text('held') === 'yes',
    out: { size: number('out'), cut: text('cut').includes('out'), content: out },
    err: { size: number('err'), cut: text('cut').includes('err'), content: err },
  };
}

/** Reads the name of the exit file; null: the job never ran, or was removed. */
export function endingOf({ detail }: JobView): Ending | null {
  const parts = /^(\d{1,3})\.(ended|timeout|cancelled|unable)\.(\d{1,12})\.(enough|full)$/.exec(detail);
  if (parts === null) return null;
  const [, status, how, hundredths, space] = parts;
  return {
    status: Number(status),
    how: how as Ending['how'],
    seconds: Number(hundredths) / 100,
    diskFull: space === 'full',
  };
}

/** Whether it wrote more to a stream than the limit. */
export function hasTooMuch({ out, err }: JobView, limit: number): boolean {
  return Math.max(out.size, err.size) > limit;
}

/** The output that was read, as UTF-8: its first `maxBytes`. */
export function outputText({ size, content }: StreamView, maxBytes: number): string {
  if (content.length === Math.min(size, maxBytes)) return content.toString('utf8');
  throw new Failure('JobLost', `the output of the job is truncated: ${content.length} of ${size} bytes`);
}

/** Lines `PID OWNER NAME`. */
export function leftoverOf({ out }: Answer): LeftoverProcess[] {
  return [...out.toString('utf8').matchAll(/^(\d{1,10}) (own|other) (.*)$/gm)].map(([, pid, owner, name]) => ({
    pid: Number(pid),
    name: printable(name ?? '', 80),
    isForeign: owner === 'other',
  }));
}

/** For messages: what could not be killed; empty: nothing. */
export function leftoverText(leftover: readonly LeftoverProcess[]): string {
  const names = leftover.map(leftoverName).join(', ');
  return names === '' ? '' : ` and could not be killed (still running: ${names}; end it on the server)`;
}
