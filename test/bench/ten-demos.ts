/**
 * Program: `npm run bench:demo`. Ten demos in a row: each must find what it staged, on a machine that it shares with
 * its own Temporal and worker. Exits with 1 if one did not.
 */
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { fleetmark } from './fleetmark.ts';

const demos = 10;
let wrong = 0;
for (let demo = 1; demo <= demos; demo += 1) {
  const begin = performance.now();
  const { exitCode, stdout } = await fleetmark(['demo', '--json']);
  const seconds = (performance.now() - begin) / 1000;
  if (exitCode !== 0) wrong += 1;
  console.log(`${demo}: ${exitCode === 0 ? 'right' : 'WRONG'} in ${seconds.toFixed(1)} s: ${verdicts(stdout)}`);
}
console.log(`${demos - wrong} of ${demos} right`);
process.exitCode = wrong === 0 ? 0 : 1;

/** `demo-1 pass 1,643, ...`: the details that explain a wrong demo. */
function verdicts(stdout: string): string {
  if (stdout === '') return 'no report';
  const { servers } = JSON.parse(stdout) as FleetReport;
  return servers
    .map(({ serverId, verdict, benchmarks }) => {
      const value = benchmarks[0]?.measurements[0]?.value;
      return `${serverId} ${verdict}${value === undefined ? '' : ` ${Math.round(value)}`}`;
    })
    .join(', ');
}
