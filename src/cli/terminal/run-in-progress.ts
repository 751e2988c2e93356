/** How many runs this process is watching: after a crash it prints how to resume them. */
let watchedRuns = 0;

/** Marks a run as in progress until the returned function is called. */
export function markRunInProgress(): () => void {
  watchedRuns += 1;
  return () => void (watchedRuns -= 1);
}

export function isRunInProgress(): boolean {
  return watchedRuns > 0;
}
