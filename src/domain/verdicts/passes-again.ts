import type { ServerRow } from './server-row.ts';

/** A server passes, and so do the benchmarks that failed: a run of other benchmarks says nothing about them. */
export function passesAgain(
  { verdict, benchmarks }: Pick<ServerRow, 'verdict' | 'benchmarks'>,
  failed: readonly string[]
): boolean {
  const passed = new Set(benchmarks.filter((each) => each.verdict === 'pass').map(({ benchmark }) => benchmark));
  return verdict === 'pass' && failed.every((name) => passed.has(name));
}
