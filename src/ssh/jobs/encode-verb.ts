import { readFileSync } from 'node:fs';
import { shellQuote } from '../../domain/shell.ts';

/** What each verb of the protocol takes; the comments of the scripts say what for. Numbers are whole. */
export interface Verbs {
  probe: { BASE: string; TRACES: 'folder' | 'none'; NEED: number };
  start: Verbs['poll'] & { COMMAND: string; MAXIMUM: number; GRACE: number; LIMIT: number; NEED: number };
  poll: { BASE: string; JOB: string; WAIT: number; OUT_OFFSET: number; ERR_OFFSET: number; LENGTH: number };
  cancel: { BASE: string; JOB: string; GRACE: number };
  clean: { BASE: string; PREFIX: string };
}

const [processes, job, answer] = ['processes', 'job', 'answer'].map(script) as [string, string, string];
const probe = script('probe');
const poll = script('poll');
const start = script('start');
const cancel = script('cancel');
const clean = script('clean');
const scripts: Record<keyof Verbs, string> = { probe, start: poll + start, poll, cancel, clean };
const runner = processes + job + script('runner');

/**
 * A verb as a script for the standard input of `/bin/sh -s`: assignments, functions, and in its last line the call, so
 * that a script that was cut off does nothing.
 */
export function encodeVerb<V extends keyof Verbs>(verb: V, values: Verbs[V], nonce: string): string {
  const all = { NONCE: nonce, ...values, ...(verb === 'start' && { SCRIPT: runner }) };
  const assignments = Object.entries(all).map(([name, value]) => `${name}=${shellQuote(String(value))}\n`);
  return `${assignments.join('')}${processes}${job}${answer}${scripts[verb]}${verb}\n`;
}

function script(name: string): string {
  return readFileSync(new URL(`${name}.sh`, import.meta.url), 'utf8');
}
