// Program: noisy-neighbour-process BURN PERIOD. Burns BURN ms of CPU time in every PERIOD ms, until its standard input
// ends.
const [burn, period] = process.argv.slice(2).map(Number) as [number, number];

process.stdin.resume();
process.stdin.on('end', () => process.exit());
process.stdin.on('error', () => process.exit());

function round(): void {
  const begin = performance.now();
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= burn * 1000) break;
  }
  setTimeout(round, Math.max(0, period - (performance.now() - begin)));
}

round();
console.log('burning');
