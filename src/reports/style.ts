import type { Verdict } from '../domain/verdicts/verdict.ts';

/** What a piece of text is, for whoever can show it in colour. Never the only carrier of a meaning. */
export type StyleRole = 'strong' | 'good' | 'bad' | 'doubtful' | 'muted';

/** Decorates a text without changing what it says; the command line has one for terminals. */
export type Style = (role: StyleRole, text: string) => string;

export const plain: Style = (_role, text) => text;

const roles: Record<Verdict, StyleRole> = {
  pass: 'good',
  fail: 'bad',
  error: 'doubtful',
  measured: 'muted',
  skip: 'muted',
  busy: 'doubtful',
  cancelled: 'doubtful',
  not_reached: 'doubtful',
};

export function verdictRole(verdict: Verdict): StyleRole {
  return roles[verdict];
}
