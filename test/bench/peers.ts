/**
 * Program: `npm run bench:peers [-- --work NAME] [--peer NAME]`. Compares fleetmark with the scripts and tools that people
 * use today, on the same real sshds: the commands only sleep, so all time above the ideal is overhead. Makes all that it
 * needs, with Python virtual environments in the cache folder. Both options can be given more than once. Exits with 1 if a
 * peer fails, or if fleetmark is above its budget.
 */
import { parseArgs } from 'node:util';
import { startSshds, type Sshd } from '../support/sshd.ts';
import { fleetmark } from './fleetmark.ts';
import { peers } from './peers/commands.ts';
import { measure, type Measured } from './peers/measure.ts';
import { setStage } from './peers/stage.ts';
import { idealSeconds, limitsOf, works, type Work } from './peers/works.ts';

const { values } = parseArgs({
  options: {
    work: { type: 'string', multiple: true, default: Object.keys(works) },
    peer: { type: 'string', multiple: true, default: Object.keys(peers) },
  },
});
for (const [given, known] of [
  [values.work, Object.keys(works)],
  [values.peer, Object.keys(peers)],
] as const) {
  const unknown = given.find((name) => !known.includes(name));
  if (unknown === undefined) continue;
  console.error(`There is no ${unknown}: there are ${known.join(', ')}.`);
  process.exit(2);
}

const servers = Math.max(...values.work.map((name) => works[name]!.servers));
const addresses = Array.from({ length: servers }, (_, index) => `127.0.1.${index + 1}`);
// Not to be measured: compiles the sources if they have changed, and downloads Temporal if it is missing.
if (values.peer.includes('fleetmark')) await fleetmark(['temporal', '--version']);
const sshd = await startSshds(addresses);
try {
  for (const name of values.work) await compare(name, works[name]!, sshd);
} finally {
  await sshd.stop();
}

async function compare(name: string, work: Work, sshd: Sshd): Promise<void> {
  const measured = new Map<string, Measured>();
  for (const peer of values.peer) {
    if (peer === 'fleetmark-again' && work.ours !== peer) continue;
    console.error(`${name}: ${peer}`);
    const stage = setStage(work, addresses, sshd);
    try {
      measured.set(peer, await measure(peers[peer]!(stage), stage));
    } catch (error) {
      console.error(`${name}: ${peer} failed: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  const ideal = idealSeconds(work);
  console.log(
    `\n${name}: ${work.servers} servers, ${work.maxParallel} at once, ideal ${ideal} s; CPU in ms for each server`
  );
  console.log(row('', ['seconds', 'ratio', 'most at once', 'CPU', 'CPU of Temporal', 'CPU on the server']));
  for (const [peer, each] of measured) console.log(row(peer, cells(each, ideal, work.servers)));
  const ours = measured.get(work.ours);
  if (ours === undefined) return;
  console.log(`${work.ours} with the start and end of Temporal: ${ours.commandSeconds.toFixed(1)} s`);
  const exceeded = tellBudget(work, new Map([...measured].map(([peer, { seconds }]) => [peer, seconds / ideal])));
  if (exceeded || ours.maxConcurrency > work.maxParallel) process.exitCode = 1;
}

/** Returns whether we are above it. */
function tellBudget(work: Work, ratios: ReadonlyMap<string, number>): boolean {
  const ours = ratios.get(work.ours)!;
  const limits = limitsOf(work, ratios);
  for (const [what, max] of limits) {
    console.log(`budget by ${what}: ${max.toFixed(3)}${ours > max ? `  <- ${ours.toFixed(3)} is above it` : ''}`);
  }
  return limits.some(([, max]) => ours > max);
}

function cells(measured: Measured, ideal: number, servers: number): string[] {
  const each = (seconds: number): string => ((seconds / servers) * 1000).toFixed(1);
  const { seconds, maxConcurrency, cpuSeconds, temporalCpuSeconds, serverCpuSeconds } = measured;
  return [
    ...[seconds.toFixed(1), (seconds / ideal).toFixed(3), String(maxConcurrency)],
    ...[each(cpuSeconds), temporalCpuSeconds > 0 ? each(temporalCpuSeconds) : '', each(serverCpuSeconds)],
  ];
}

function row(name: string, columns: readonly string[]): string {
  const widths = [9, 8, 14, 9, 17, 19];
  return name.padEnd(15) + columns.map((text, index) => text.padStart(widths[index]!)).join('');
}
