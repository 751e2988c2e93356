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

/** The most important verdicts come last, where they stay visible on a terminal. */
const ORDER: readonly Verdict[] = ['pass', 'measured', 'skip', 'not_reached', 'cancelled', 'busy', 'error', 'fail'];

export function worstLast<T extends { verdict: Verdict }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}
