/**
 * Starts a clock for what this process does itself, in milliseconds: time that passes while it waits for a CPU does not count,
 * so a busy worker is never the reason that an output cannot be read. Work of its other threads counts, within the time passed.
 */
export function startWorkingTime(): () => number {
  const began = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return Math.min(performance.now() - began, (user + system) / 1000);
  };
}
