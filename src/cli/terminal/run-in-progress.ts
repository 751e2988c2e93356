/** What this process is watching, for its last words after a crash. */
let watchedRuns = 0;

/** From now until the returned function is called, a run is going. */
export function markRunInProgress(): () => void {
  watchedRuns += 1;
  return () => void (watchedRuns -= 1);
}

export function isRunInProgress(): boolean {
  return watchedRuns > 0;
}
