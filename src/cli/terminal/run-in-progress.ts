/** What this process is watching, for its last words after a crash. */
let watched = 0;

/** From now until the returned function is called, a run is going. */
export function noteRun(): () => void {
  watched += 1;
  return () => void (watched -= 1);
}

export function isRunGoing(): boolean {
  return watched > 0;
}
