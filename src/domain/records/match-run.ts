/** What identifies a run for a person. */
export interface RunIdentity {
  run: string;
  temporalRunId: string;
  schedule: string | null;
  hasEnded: boolean;
}

const LAST = /^last(?:-(\d{1,6}))?$/;

/** How many runs before the last one that has ended a word means: `last` is 0, `last-1` is 1; null: it means another run. */
export function runsBack(word: string): number | null {
  const back = LAST.exec(word);
  return back === null ? null : Number(back[1] ?? 0);
}

/**
 * The runs that a word can mean: `last` (the last one that has ended), `last-1`, a workflow id, a Temporal run id, the name
 * of a schedule (its last run), or a part of an id. Several: the word is ambiguous.
 * @param runs - the latest first
 */
export function matchRuns<Run extends RunIdentity>(word: string, runs: readonly Run[]): Run[] {
  const back = runsBack(word);
  if (back !== null) {
    const ended = runs.filter(({ hasEnded }) => hasEnded);
    return (ended.length > 0 ? ended : runs).slice(back).slice(0, 1);
  }
  const exact = runs.find(({ run, temporalRunId }) => run === word || temporalRunId === word);
  const scheduled = exact ?? runs.find(({ schedule }) => schedule === word);
  if (scheduled !== undefined) return [scheduled];
  return word === ''
    ? []
    : runs.filter(({ run, temporalRunId }) => run.includes(word) || temporalRunId.startsWith(word));
}
