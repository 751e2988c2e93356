import type { Verdict } from '../domain/verdicts/verdict.ts';

/** The role of a text, shown as a colour. The text itself must say the same. */
export type StyleRole = 'strong' | 'good' | 'bad' | 'doubtful' | 'muted';

/** Adds colour to a text without changing its words. */
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
