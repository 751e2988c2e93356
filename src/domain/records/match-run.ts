/** What identifies a run for a person. */
export interface RunIdentity {
  run: string;
  temporalRunId: string;
  schedule: string | null;
  hasEnded: boolean;
}

const LAST = /^last(?:-(\d{1,6}))?$/;

/** Whether a word means one of the last runs that have ended: `last`, `last-1`. */
export function isLastRun(word: string): boolean {
  return LAST.test(word);
}

/**
 * The runs that a word can mean: `last` (the last one that has ended), `last-1`, a workflow id, a Temporal run id, the name
 * of a schedule (its last run), or a part of an id. Several: the word is ambiguous.
 * @param runs - the latest first
 */
export function matchRuns<Run extends RunIdentity>(word: string, runs: readonly Run[]): Run[] {
  const back = LAST.exec(word);
  if (back !== null) {
    const ended = runs.filter(({ hasEnded }) => hasEnded);
    return (ended.length > 0 ? ended : runs).slice(Number(back[1] ?? 0)).slice(0, 1);
  }
  const exact = runs.find(({ run, temporalRunId }) => run === word || temporalRunId === word);
  const scheduled = exact ?? runs.find(({ schedule }) => schedule === word);
  if (scheduled !== undefined) return [scheduled];
  return word === ''
    ? []
    : runs.filter(({ run, temporalRunId }) => run.includes(word) || temporalRunId.startsWith(word));
}
