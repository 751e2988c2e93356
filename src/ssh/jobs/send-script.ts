import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { GuardNotHeld } from '../../domain/servers/guard.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { firstOf } from '../../waiting/first-of.ts';
import { shellFailure, type ChannelExit } from '../connections/shell-exit.ts';
import type { OpenShell } from '../connections/channel.ts';
import { serverScript, type ScriptValues } from '../server-scripts/server-script.ts';
import { AnswerReader, type Answer } from './answer-reader.ts';
import { unusableFolders } from './unusable-folders.ts';

/** After that long without an answer, the input of a new shell ends: so do login files that read it. */
const SILENCE_MS = 2_000;
/** A list of processes or of jobs. */
const MAX_LIST_BYTES = 1024 * 1024;

export interface ScriptRequest<V extends keyof ScriptValues> {
  scriptName: V;
  values: ScriptValues[V];
  /** For the whole answer, or until the command begins. */
  timeoutMs: number;
  /** Only for a script that returns the output of a command. */
  command?: { timeoutMs: number; outputBytes: number };
  signal: AbortSignal;
}

/** The shell of an earlier script ended before this one began. */
export class IdleShellLost extends Failure {}

/**
 * Runs one script in an open shell and returns its answer. The shell stays open for the next script, unless this one is the
 * last of a run or of a check, or does not answer.
 * @throws Failure ConnectionLost if there is no answer, or only a part of it: sending again is safe. HostUnsuitable if the server
 * refuses. BenchmarkTimedOut, UnreadableOutput: of a command, which may still be running
 */
export async function sendScript<V extends keyof ScriptValues>(
  { channel, connection, isReused }: OpenShell,
  { scriptName, values, timeoutMs, command, signal }: ScriptRequest<V>
): Promise<Answer> {
  const nonce = randomBytes(16).toString('hex');
  const maxBytes = command?.outputBytes ?? ('LENGTH' in values ? 2 * values.LENGTH : MAX_LIST_BYTES);
  const out = new AnswerReader(nonce, maxBytes);
  const err = new AnswerReader(nonce, command?.outputBytes ?? 0);
  const isDone = () =>
    out.isTooLong || err.isTooLong || (out.answer !== null && (!out.hasBegun || err.answer !== null));
  const events = listen(channel, out, err, isDone);
  const script = serverScript(scriptName, values, nonce);
  const isLast = scriptName === 'clean' || ('MODE' in values && values.MODE !== 'take');
  if (isLast) channel.end(script);
  else channel.write(script);
  const isNew = !isLast && !command && !isReused;
  const inputEnd = isNew ? setTimeout(() => out.isStarted || channel.end(), SILENCE_MS) : undefined;
  const { begun, done, closed } = events;
  let end = await firstOf<'begun' | 'done' | ChannelExit>([begun, done, closed], { ms: timeoutMs, signal });
  if (end === 'begun') {
    const ms = command?.timeoutMs ?? timeoutMs;
    end = await firstOf<'done' | ChannelExit>([done, closed], { ms, signal });
  }
  clearTimeout(inputEnd);
  events.stop();
  const isTooLong = out.isTooLong || err.isTooLong;
  if (end !== 'done' || !isDone() || isTooLong || channel.writableEnded) channel.destroy();
  const noise = out.noise + err.noise;
  if (isTooLong) throw out.hasBegun ? tooMuchOutput('the command', '', maxBytes) : tooLong(scriptName, noise);
  if (isDone()) return accepted(out.hasBegun ? { ...out.answer!, err: err.answer!.out } : out.answer!);
  if (end === 'aborted') throw signal.reason;
  if (end === 'timeout') throw timedOut();
  if (typeof end === 'object' && !out.isStarted && !isReused && typeof end.code === 'number')
    throw shellFailure(end, noise);
  const why = connection.lost ?? 'the channel was closed';
  const when = out.hasBegun ? 'while the command ran' : `before the answer to the script "${scriptName}" was complete`;
  const message = `the connection was lost ${when}: ${why}`;
  throw isReused && !out.isStarted
    ? new IdleShellLost('ConnectionLost', message)
    : new Failure('ConnectionLost', message);

  function timedOut(): Failure {
    if (command === undefined)
      return new Failure('ConnectionLost', `no answer within ${timeoutMs / 1000} s to the script "${scriptName}"`);
    if (!out.hasBegun) return shellFailure('silent', noise);
    return new Failure('BenchmarkTimedOut', `the command was still running after ${command.timeoutMs / 1000} s`);
  }
}

function tooLong(scriptName: string, noise: string): Failure {
  const said = printable(noise, 200);
  const what = `the answer to the script "${scriptName}" is too long${said === '' ? '' : `; it begins with: ${said}`}`;
  return new Failure('HostUnsuitable', `no job can be run on this server: ${what}`);
}

/** Feeds both streams to their readers. Resolves when the command begins, when all has come, and when the channel closes. */
function listen(channel: ClientChannel, out: AnswerReader, err: AnswerReader, isDone: () => boolean) {
  let onBegin = () => {};
  let onDone = () => {};
  const begun = new Promise<'begun'>((resolve) => (onBegin = () => resolve('begun')));
  const done = new Promise<'done'>((resolve) => (onDone = () => resolve('done')));
  let onClose = (_code?: number | null, _killer?: string) => {};
  const closed = new Promise<ChannelExit>((resolve) => {
    onClose = (code, killer) => resolve({ code, signal: killer ?? null });
    channel.once('close', onClose);
  });
  const read = (reader: AnswerReader) => (chunk: Buffer) => {
    reader.push(chunk);
    if (out.hasBegun) onBegin();
    if (isDone()) onDone();
  };
  const [readOut, readErr] = [read(out), read(err)];
  channel.on('data', readOut);
  channel.stderr.on('data', readErr);
  const stop = () => {
    channel.off('data', readOut).off('close', onClose);
    channel.stderr.off('data', readErr);
  };
  return { begun, done, closed, stop };
}

const REFUSALS: Record<string, string> = {
  nobase: 'it has no folder that only this user owns and that supports files, hard links and pipes',
  nospace: 'its disk is full: there is no space for a job',
  nostart: 'the job did not start, although there was space for it',
  noproc: 'it has no Linux /proc',
  undeleted: 'some files of its jobs could not be deleted',
};

function accepted(answer: Answer): Answer {
  const error = answer.values.get('error');
  if (error === undefined) return answer;
  if (error === 'unheld') throw new GuardNotHeld();
  const program = /^no-(\w+)$/.exec(error)?.[1];
  const why = program
    ? `it has no program ${program}`
    : (unusableFolders(answer) ?? REFUSALS[error] ?? `it answers ${printable(error, 80)}`);
  throw new Failure('HostUnsuitable', `no job can be run on this server: ${why}`);
}
