// Program: noisy-neighbour-process. Burns 20 ms of CPU time in each 50 ms until its standard input ends. This leaves about
// 59 % to another program on that CPU (measured with sysbench).
const BURN_MS = 20;
const PERIOD_MS = 50;

process.stdin.resume();
for (const event of ['end', 'error']) process.stdin.on(event, () => process.exit());

function round(): void {
  const begin = performance.now();
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= BURN_MS * 1000) break;
  }
  setTimeout(round, Math.max(0, PERIOD_MS - (performance.now() - begin)));
}

round();
console.log('burning');
