/**
 * For programs that npm starts: they end with it. npm hands SIGTERM on to what it runs, and cannot when it is killed
 * itself; then its program has another parent, and takes that for a SIGTERM.
 */
const WATCH_MS = 500;

const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_MS);
  watch.unref();
}
