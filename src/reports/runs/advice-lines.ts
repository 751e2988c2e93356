import { advice, isFailureKind, type FailureKind } from '../../domain/failures/failure.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { shortfallAdvice } from '../../domain/verdicts/shortfall-advice.ts';
import type { Style } from '../style.ts';
import { wrapped } from '../table.ts';

/** One sentence of advice for each failure kind that occurred; for shortfalls, one for each kind of metric. */
export function adviceLines(servers: readonly ServerRow[], style: Style, width = Infinity): string[] {
  const kinds = new Set<FailureKind>();
  for (const { verdict, error, benchmarks } of servers) {
    for (const each of [error, ...benchmarks.filter((row) => row.verdict !== 'skip').map((row) => row.error)]) {
      if (each && verdict !== 'skip' && isFailureKind(each.type)) kinds.add(each.type);
    }
  }
  kinds.delete('PerformanceBelowExpected');
  const general = [...kinds].map((kind) => ({ kind, advice: advice[kind] }));
  const ofShortfalls = servers.filter(({ verdict }) => verdict === 'fail').flatMap(failureAdvice);
  const lines = [...general, ...ofShortfalls].map((each) => linesOf(each.kind, each.advice, style, width).join('\n'));
  return [...new Set(lines)];
}

/** A truncated row has no shortfalls: it gets the general advice. */
function failureAdvice({ benchmarks }: ServerRow): { kind: FailureKind; advice: string }[] {
  const shortfalls = benchmarks.flatMap((row) => row.shortfalls);
  if (shortfalls.length > 0) return shortfalls.map(shortfallAdvice);
  return [{ kind: 'PerformanceBelowExpected', advice: advice.PerformanceBelowExpected }];
}

function linesOf(kind: FailureKind, text: string, style: Style, width: number): string[] {
  const [first, ...more] = wrapped(`${kind}: ${text}`, width, '  ');
  return [first!.replace(`${kind}:`, () => style('muted', `${kind}:`)), ...more];
}
