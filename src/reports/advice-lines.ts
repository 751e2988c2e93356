import { advice, isFailureKind } from '../domain/failure.ts';
import type { FailureKind } from '../domain/failure.ts';
import type { ServerRow } from '../domain/server-row.ts';
import type { Style } from './style.ts';

/** One sentence for each kind of failure that occurred, however many servers it struck. */
export function adviceLines(servers: readonly ServerRow[], style: Style): string[] {
  const kinds = new Set<FailureKind>();
  for (const { verdict, error, benchmarks } of servers) {
    for (const each of [error, ...benchmarks.filter((row) => row.verdict !== 'skip').map((row) => row.error)]) {
      if (each && verdict !== 'skip' && isFailureKind(each.type)) kinds.add(each.type);
    }
  }
  kinds.delete('PerformanceBelowExpected');
  if (servers.some(({ verdict }) => verdict === 'fail')) kinds.add('PerformanceBelowExpected');
  return [...kinds].map((kind) => `${style('muted', `${kind}:`)} ${advice[kind]}`);
}
