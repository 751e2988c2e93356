/**
 * Program: `npm run faults -- --seed N --rounds R [--only TEXT] [--lanes L]`. Runs real benchmarks on real servers, injects
 * faults at random moments (from the seed), and prints the outcomes. Exits with 1 if a result was lost, or if a benchmark
 * was repeated or left behind without need.
 */
import { parseArgs } from 'node:util';
import buildPrograms from '../support/built-program.ts';
import { allFaults, faults, playAll } from './play-all.ts';
import { tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    lanes: { type: 'string', default: '4' },
  },
});
const named = faults.filter(({ name }) => name === values.only);
const chosen = named.length > 0 ? named : faults.filter(({ name }) => name.includes(values.only));
if (chosen.length === 0) {
  console.error(`No fault is called ${values.only}: there are\n${faults.map(({ name }) => `  ${name}`).join('\n')}`);
  process.exit(2);
}
await buildPrograms();
process.setMaxListeners(0); // kills all programs that this one has started
const begin = performance.now();
const [seed, rounds, lanes] = [Number(values.seed), Number(values.rounds), Number(values.lanes)];
console.error(`seed ${seed}`);
for (const { name } of allFaults) {
  if (!faults.some((fault) => fault.name === name)) console.error(`${name}: not here, it needs the rights of root`);
}
const played = await playAll({ faults: chosen, rounds, seed, lanes, tell: (line) => console.error(line) });
const minutes = (performance.now() - begin) / 60_000;
console.log(tableOf(chosen, played));
console.log(`\nseed ${seed}, ${played.rounds.length} rounds, ${lanes} at once, ${minutes.toFixed(1)} minutes`);
for (const what of played.afterwards) console.log(what);
const good = played.rounds.every(({ outcome }) => outcome.complaints.length === 0) && played.afterwards.length === 0;
process.exit(good ? 0 : 1);
