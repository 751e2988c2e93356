import type { ServerRow } from '../verdicts/server-row.ts';

/**
 * The row to keep of a server. Its own workflow has its complete row; the run may have changed the verdict, and may have
 * truncated the rest. The result does not depend on which of them arrives first.
 * @param own - from the workflow of the server; null: not known
 * @param final - from the run; null: not known, or unchanged
 */
export function mergeRows(own: ServerRow | null, final: ServerRow | null): ServerRow | null {
  if (own === null || final === null) return final ?? own;
  if (final.truncated === null || own.truncated !== null) return final;
  if (final.verdict === own.verdict) return { ...own, notes: longer(final.notes, own.notes) };
  const { verdict, reason, error, notes } = final;
  const benchmarks = own.benchmarks.map((each) => {
    const changed = final.benchmarks.find(({ benchmark }) => benchmark === each.benchmark);
    if (changed === undefined) return each;
    return { ...each, verdict: changed.verdict, reason: changed.reason, error: changed.error };
  });
  return { ...own, verdict, reason, error, benchmarks, notes: longer(notes, own.notes) };
}

/** The run only adds notes, before those of the server; truncation removes the last ones. */
function longer(final: readonly string[], own: readonly string[]): string[] {
  const added = final.filter((note) => !own.includes(note) && !own.some((each) => isCut(note, each)));
  return [...added, ...own];
}

function isCut(note: string, of: string): boolean {
  return note.endsWith('…') && of.startsWith(note.slice(0, -1));
}
