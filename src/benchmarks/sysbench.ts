import { shellCommand } from '../domain/jobs/shell.ts';
import { sampleSeconds } from '../domain/plans/time-limits.ts';
import { positive } from '../domain/values/untrusted.ts';
import { unreadable, type Tool } from './tool.ts';

const metric = { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher' } as const;

/** Pinned, because it determines the amount of work in one event. */
const PRIME_LIMIT = 20_000;

/**
 * sysbench 1.0, https://github.com/akopytov/sysbench: how often per second all CPUs find the primes up to a limit. Events
 * are divided by wall-clock time, so a throttled CPU shows. Only results of the same hardware class are comparable.
 */
export const sysbench: Tool = {
  name: 'sysbench',
  benchmark: 'cpu',
  byDefault: true,
  needsGpus: false,
  minTimeoutMs: 60_000,
  metrics: [metric],
  timed: true,
  loadsAllCpus: true,
  executables: ['sysbench'],
  packages: { 'apt-get': 'sysbench', dnf: 'sysbench', pacman: 'sysbench' },

  command(settings, machine) {
    const limits = [`--cpu-max-prime=${PRIME_LIMIT}`, `--threads=${machine.cpus}`, `--time=${sampleSeconds(settings)}`];
    return shellCommand(['sysbench', 'cpu', ...limits, 'run']);
  },

  parse(result) {
    const lines = [...result.stdout.matchAll(/^[ \t]*events per second:(.*)$/gm)];
    if (lines.length !== 1)
      throw unreadable(`sysbench printed ${lines.length} "events per second" lines, not 1`, result);
    const value = positive(lines[0]![1]!.trim());
    if (value === null) throw unreadable('the "events per second" of sysbench is not a number above 0', result);
    const version = /^sysbench (\d[\w.-]{0,30})/m.exec(result.stdout)?.[1] ?? null;
    return { version, readings: [{ ...metric, device: null, value }] };
  },
};
