import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { GuardNotHeld } from '../../domain/servers/guard.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Connection } from '../connections/connect.ts';
import { firstOf } from '../../waiting/first-of.ts';
import { shellFailure } from '../connections/shell-exit.ts';
import type { ChannelExit } from '../connections/shell-exit.ts';
import { AnswerReader } from './answer-reader.ts';
import type { Answer } from './answer-reader.ts';
import { encodeVerb } from './encode-verb.ts';
import type { Verbs } from './encode-verb.ts';
import { whatIsLacking } from './lacking.ts';

/** A list of processes or of jobs. */
const listLimit = 1024 * 1024;
/** What login files and the shell may complain about. */
const complaintLimit = 1024 * 1024;

export interface Question<V extends keyof Verbs> {
  verb: V;
  values: Verbs[V];
  /** Until the whole answer has come. */
  ms: number;
  signal: AbortSignal;
}

/**
 * Asks one verb in an open shell.
 * @throws Failure ConnectionLost where no answer came, or half of one: asking again is safe. HostUnsuitable where the
 * server refuses
 */
export async function ask<V extends keyof Verbs>(
  channel: ClientChannel,
  connection: Connection,
  { verb, values, ms, signal }: Question<V>
): Promise<Answer> {
  const nonce = randomBytes(16).toString('hex');
  const bodyLimit = 'LENGTH' in values ? 2 * values.LENGTH : listLimit;
  const reader = new AnswerReader(nonce, bodyLimit);
  let complaint = '';
  let complaintBytes = 0;
  let onAnswer = () => {};
  const answered = new Promise<'answered'>((resolve) => (onAnswer = () => resolve('answered')));
  channel.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    if (reader.answer !== null || reader.endless) onAnswer();
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    complaintBytes += chunk.length;
    if (complaint.length < 4096) complaint = (complaint + chunk.toString('utf8')).slice(0, 4096);
    if (complaintBytes > complaintLimit) onAnswer();
  });
  const closed = new Promise<ChannelExit>((resolve) =>
    channel.once('close', (code?: number | null, killer?: string) => resolve({ code, signal: killer ?? null }))
  );
  channel.end(encodeVerb(verb, values, nonce));

  const end = await firstOf<'answered' | ChannelExit>([answered, closed], { ms, signal });
  channel.destroy();
  const { answer } = reader;
  if (answer !== null) return accepted(answer);
  if (reader.endless || complaintBytes > complaintLimit) throw endless(verb, reader.noise + complaint);
  if (end === 'aborted') throw signal.reason;
  if (end === 'timeout') throw new Failure('ConnectionLost', `no answer to ${verb} within ${ms / 1000} s`);
  if (typeof end === 'object' && !reader.begun && typeof end.code === 'number') {
    throw shellFailure(end, connection, reader.noise + complaint);
  }
  const why = connection.lost ?? 'the channel was closed';
  throw new Failure('ConnectionLost', `the connection was lost before the answer to ${verb} was whole: ${why}`);
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
