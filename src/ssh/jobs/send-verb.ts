import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { GuardNotHeld } from '../../domain/servers/guard.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Connection } from '../connections/connect.ts';
import { firstOf } from '../../waiting/first-of.ts';
import { shellFailure } from '../connections/shell-exit.ts';
import type { ChannelExit } from '../connections/shell-exit.ts';
import { AnswerReader } from './answer-reader.ts';
import type { Answer } from './answer-reader.ts';
import { verbScript } from '../server-scripts/verb-script.ts';
import type { Verbs } from '../server-scripts/verb-script.ts';
import { whatIsLacking } from './unusable-folders.ts';

/** A list of processes or of jobs. */
const LIST_LIMIT = 1024 * 1024;

export interface Question<V extends keyof Verbs> {
  verb: V;
  values: Verbs[V];
  /** Until the whole answer has come, or the command has begun. */
  ms: number;
  /** Of a verb that hands on what a command writes. */
  command?: { timeoutMs: number; outputBytes: number };
  signal: AbortSignal;
}

/**
 * Asks one verb in an open shell.
 * @throws Failure ConnectionLost where no answer came, or half of one: asking again is safe. HostUnsuitable where the
 * server refuses. BenchmarkTimedOut, UnreadableOutput: of a command, which may run on
 */
export async function ask<V extends keyof Verbs>(
  channel: ClientChannel,
  connection: Connection,
  { verb, values, ms, command, signal }: Question<V>
): Promise<Answer> {
  const nonce = randomBytes(16).toString('hex');
  const bodyLimit = command?.outputBytes ?? ('LENGTH' in values ? 2 * values.LENGTH : LIST_LIMIT);
  const out = new AnswerReader(nonce, bodyLimit);
  const err = new AnswerReader(nonce, command?.outputBytes ?? 0);
  let onBegin = () => {};
  let onAnswer = () => {};
  const began = new Promise<'began'>((resolve) => (onBegin = () => resolve('began')));
  const answered = new Promise<'answered'>((resolve) => (onAnswer = () => resolve('answered')));
  const isAnswered = () => out.answer !== null && (!out.began || err.answer !== null);
  const read = (reader: AnswerReader) => (chunk: Buffer) => {
    reader.push(chunk);
    if (out.began) onBegin();
    if (isAnswered() || out.endless || err.endless) onAnswer();
  };
  channel.on('data', read(out));
  channel.stderr.on('data', read(err));
  const closed = new Promise<ChannelExit>((resolve) =>
    channel.once('close', (code?: number | null, killer?: string) => resolve({ code, signal: killer ?? null }))
  );
  const script = verbScript(verb, values, nonce);
  if (command) channel.write(script);
  else channel.end(script);

  let end = await firstOf<'began' | 'answered' | ChannelExit>([began, answered, closed], { ms, signal });
  if (end === 'began')
    end = await firstOf<'answered' | ChannelExit>([answered, closed], { ms: command?.timeoutMs ?? ms, signal });
  channel.destroy();
  const { answer } = out;
  if (answer !== null && isAnswered())
    return accepted(out.began ? { ...answer, out: out.output, err: err.output } : answer);
  const noise = out.noise + err.noise;
  if (out.endless || err.endless) throw out.began ? tooMuchOutput('the command', '', bodyLimit) : endless(verb, noise);
  if (end === 'aborted') throw signal.reason;
  if (end === 'timeout') throw late();
  if (typeof end === 'object' && !out.begun && typeof end.code === 'number') throw shellFailure(end, noise);
  const why = connection.lost ?? 'the channel was closed';
  const when = out.began ? 'while the command ran' : `before the answer to ${verb} was whole`;
  throw new Failure('ConnectionLost', `the connection was lost ${when}: ${why}`);

  function late(): Failure {
    if (command === undefined) return new Failure('ConnectionLost', `no answer to ${verb} within ${ms / 1000} s`);
    if (!out.began) return shellFailure('silent', noise);
    return new Failure('BenchmarkTimedOut', `the command was still running after ${command.timeoutMs / 1000} s`);
  }
}

function endless(verb: string, noise: string): Failure {
  const said = printable(noise, 200);
  const what = `its answer to ${verb} has no end${said === '' ? '' : `; it begins with: ${said}`}`;
  return new Failure('HostUnsuitable', `no job can be run on this server: ${what}`);
}

const refusals: Record<string, string> = {
  nobase: 'it has no folder where jobs could live: none is ours alone and takes files, hard links and pipes',
  nospace: 'its disk is full: there is no room for a job',
  nostart: 'the job did not start, though there was room for it',
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
    : (whatIsLacking(answer) ?? refusals[error] ?? `it says ${printable(error, 80)}`);
  throw new Failure('HostUnsuitable', `no job can be run on this server: ${why}`);
}
