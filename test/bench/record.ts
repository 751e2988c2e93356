/** How many commands ended, and the maximum number of them that ran at once, from the `+` and `-` that they record in order. */
export function readRecord(record: string): { commands: number; maxConcurrency: number } {
  let [commands, running, maxConcurrency] = [0, 0, 0];
  for (const sign of record.split('\n').filter(Boolean)) {
    running += sign === '+' ? 1 : -1;
    maxConcurrency = Math.max(maxConcurrency, running);
    if (sign === '-') commands += 1;
  }
  return { commands, maxConcurrency };
}
