import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { CUT_MARK } from '../../domain/jobs/output-limit.ts';
import { shellQuote } from '../../domain/jobs/shell.ts';
import { ownFolder } from '../../processes/own-files.ts';

/** The variables of each script; its comments explain them. Numbers are integers. */
export interface ScriptValues {
  probe: { BASE: string; TRACES: 'folder' | 'none'; NEED: number };
  hold: Guard & { BASE: string; HOLDER: string; OVER: string; MODE: 'take' | 'look' | 'drop'; GRACE: number };
  start: ScriptValues['poll'] & {
    COMMAND: string;
    MAXIMUM: number;
    GRACE: number;
    LIMIT: number;
    TAIL: number;
    PARTS: number;
    NEED: number;
  };
  poll: Guard & {
    BASE: string;
    JOB: string;
    WAIT: number;
    LENGTH: number;
  };
  cancel: { BASE: string; JOB: string; GRACE: number };
  clean: { BASE: string; PREFIX: string; GUARD: string };
  inspect: { LOOK: string; ID: string; COMMAND: string };
  end_inspect: { LOOK: string };
}

/** The guard (empty: none), and the run that it is for. */
interface Guard {
  GUARD: string;
  RUN: string;
}

const SCRIPTS: Record<keyof ScriptValues, string> = {
  probe: read('candidate-folders', 'choose-folder'),
  hold: read('candidate-folders', 'guard-file', 'kill-job', 'remove-jobs', 'take-guard'),
  start: read('guard-file', 'poll-job', 'start-job'),
  poll: read('guard-file', 'poll-job'),
  cancel: read('kill-job'),
  clean: read('guard-file', 'remove-jobs'),
  inspect: read('run-command'),
  end_inspect: read('run-command'),
};
const JOB_SCRIPT = read('processes', 'kill-processes', 'job-state');
const RUNNER_SCRIPT = `CUT_MARK=${shellQuote(CUT_MARK)}\n${JOB_SCRIPT}${read('job-runner')}`;
const ANSWER_SCRIPT = read('write-answer');

/** A login file that reads some lines shall not leave half a function. */
const LINES_FOR_LOGIN_FILES = '#\n'.repeat(10);

/**
 * A complete script for the standard input of `/bin/sh -s`: a nonce, functions, values, and the call. It runs in a subshell,
 * which leaves the shell as it was for the next script, except for CHECKED. A shell reads all up to the closing parenthesis
 * before it runs anything: a truncated script does nothing. Neither does one whose beginning a login file has read: then the
 * shell ends with 125.
 */
export function serverScript<V extends keyof ScriptValues>(name: V, values: ScriptValues[V], nonce: string): string {
  const all = { ...values, ...(name === 'start' && { SCRIPT: RUNNER_SCRIPT }) };
  const assignments = Object.entries(all).map(([name, value]) => `${name}=${shellQuote(String(value))}\n`);
  const functions = `${JOB_SCRIPT}${ANSWER_SCRIPT}${SCRIPTS[name]}`;
  const script = `NONCE=${nonce}\n${LINES_FOR_LOGIN_FILES}${functions}${assignments.join('')}[ "$NONCE" ] || exit 125\n${name}\n`;
  if (!('BASE' in values)) return `(${script})\n[ $? -ne 125 ] || exit 125\n`;
  // Where most servers have it, if `probe` has yet to choose.
  const folder = name === 'probe' ? '/var/tmp' : shellQuote(posix.dirname(values.BASE));
  const checked = `[ "\${CHECKED:-}" != ${folder} ] || exit 124\n`;
  return `(${script}${checked})\ncase $? in 125) exit 125 ;; 124) CHECKED=${folder} ;; esac\n`;
}

/** Without comments and indentation: bash reads its input byte by byte. */
function read(...names: string[]): string {
  const texts = names.map((name) => readFileSync(join(ownFolder, 'ssh', 'server-scripts', `${name}.sh`), 'utf8'));
  return texts
    .join('')
    .replaceAll(/^ *(?:#.*)?\n/gm, '')
    .replaceAll(/^ +/gm, '');
}
