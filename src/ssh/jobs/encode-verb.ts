import { readFileSync } from 'node:fs';
import { shellQuote } from '../../domain/jobs/shell.ts';

/** What each verb of the protocol takes; the comments of the scripts say what for. Numbers are whole. */
export interface Verbs {
  probe: { BASE: string; TRACES: 'folder' | 'none'; NEED: number };
  hold: Guard & { BASE: string; HOLDER: string; OVER: string; MODE: 'take' | 'look' | 'drop'; GRACE: number };
  start: Verbs['poll'] & { COMMAND: string; MAXIMUM: number; GRACE: number; LIMIT: number; NEED: number };
  poll: Guard & {
    BASE: string;
    JOB: string;
    WAIT: number;
    OUT_OFFSET: number;
    ERR_OFFSET: number;
    LENGTH: number;
  };
  cancel: { BASE: string; JOB: string; GRACE: number };
  clean: { BASE: string; PREFIX: string; GUARD: string };
  inspect: { LOOK: string; ID: string; COMMAND: string };
  end_inspect: { LOOK: string };
}

/** Which guard it is, or none, and for whom. */
interface Guard {
  GUARD: string;
  RUN: string;
}

const [processes, job, answer] = scriptsOf('processes', 'job', 'answer');
const [folders, probe, guard, hold] = scriptsOf('folders', 'probe', 'guard', 'hold');
const [start, poll, cancel, clean] = scriptsOf('start', 'poll', 'cancel', 'clean');
const [inspect] = scriptsOf('inspect');
const scripts: Record<keyof Verbs, string> = {
  ...{ probe: folders + probe, cancel, hold: folders + guard + cancel + clean + hold },
  ...{ start: guard + poll + start, poll: guard + poll, clean: guard + clean },
  ...{ inspect, end_inspect: inspect },
};
const RUNNER_SCRIPT = processes + job + script('runner');

/**
 * A verb as a script for the standard input of `/bin/sh -s`: a number used once, functions, values, and in its last line
 * the call, so that a script that was cut off does nothing; nor does one whose beginning a login file has read.
 */
export function encodeVerb<V extends keyof Verbs>(verb: V, values: Verbs[V], nonce: string): string {
  const all = { ...values, ...(verb === 'start' && { SCRIPT: RUNNER_SCRIPT }) };
  const assignments = Object.entries(all).map(([name, value]) => `${name}=${shellQuote(String(value))}\n`);
  const functions = `${processes}${job}${answer}${scripts[verb]}`;
  return `NONCE=${nonce}\n${functions}${assignments.join('')}[ "$NONCE" ] || exit 125\n${verb}\n`;
}

function scriptsOf<Names extends string[]>(...names: Names): { [Index in keyof Names]: string } {
  return names.map(script) as { [Index in keyof Names]: string };
}

function script(name: string): string {
  return readFileSync(new URL(`${name}.sh`, import.meta.url), 'utf8');
}
