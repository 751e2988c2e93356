// Program: demo-benchmark-process SECONDS. Replaces sysbench where it is missing: an event finds the primes up to 10,000
// by trial division; the program counts events for SECONDS of wall-clock time.
const seconds = Number(process.argv[2]);
const begin = performance.now();
let events = 0;
let elapsed = 0;
do {
  countPrimes(10_000);
  events += 1;
  elapsed = (performance.now() - begin) / 1000;
} while (elapsed < seconds);
console.log(`events per second: ${(events / elapsed).toFixed(2)}`);

function countPrimes(limit: number): number {
  let primes = 0;
  for (let candidate = 3; candidate < limit; candidate += 1) {
    const root = Math.sqrt(candidate);
    let divisor = 2;
    while (divisor <= root && candidate % divisor !== 0) divisor += 1;
    if (divisor > root) primes += 1;
  }
  return primes;
}
