import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { canUnshareNetwork } from './test/support/own-network.ts';

/** Judges how fast this machine is, or needs the default ports of Temporal: nothing runs beside. */
const alone = ['demo', ...(canUnshareNetwork ? [] : ['readme'])].map((name) => `end-to-end/${name}`);

/** Compare with the original (ansible-inventory, `ssh -G`, real shells), try thousands of values, or write huge ones. */
const oracles = [
  ...['gpu-models', 'machine', 'machine-state', 'openssl', 'other-work', 'process-limits'].map(
    (name) => `benchmarks/${name}`
  ),
  ...['cli/terminal/end-process', 'config/hostile'],
  ...['jobs/job-crashed', 'reports/fleet-report'].map((name) => `domain/${name}`),
  ...['account', 'fixtures', 'ini', 'oracle', 'program'].map((name) => `inventory/ansible/ansible-${name}`),
  ...['cut-outputs', 'hostile'].map((name) => `outputs/${name}`),
  ...['entries/node-set', 'hostile', 'read-inventory'].map((name) => `inventory/${name}`),
  ...['ask-ssh', 'effective-settings', 'routes'].map((name) => `ssh-config/${name}`),
];

const pure = [
  'domain',
  'benchmarks',
  'outputs',
  'reports',
  'source',
  'inventory',
  'config',
  'ssh-config',
  'logging',
  'cli',
];
const parts = [
  'ssh',
  'waiting',
  'blocking',
  'processes',
  'temporal',
  'demo',
  'store',
  'actions',
  'activities',
  'frame',
];

/** Tests grouped by what they cost. Groups of one order run side by side and share their workers. */
function project(
  name: string,
  where: string[],
  order: number,
  limits: { workers: number; seconds: number; built?: true; isolate?: false }
) {
  const files = (paths: string[]) => paths.map((path) => `test/${path}.test.ts`);
  const single = where === alone || where === oracles;
  return {
    test: {
      name,
      include: single ? files(where) : where.map((path) => `test/${path}/**/*.test.ts`),
      exclude: single ? [] : files([...alone, ...oracles]),
      pool: 'forks',
      isolate: limits.isolate ?? true,
      maxWorkers: limits.workers,
      testTimeout: limits.seconds * 1000,
      hookTimeout: limits.seconds * 1000,
      globalSetup: ['test/support/temporary-folder.ts', ...(limits.built ? ['test/support/built-program.ts'] : [])],
      sequence: { groupOrder: order },
      // From 1 on, bash does not take a socket as its standard input for a login, and reads no ~/.bashrc of who runs this.
      env: { SHLVL: '1' },
    },
  } satisfies TestProjectConfiguration;
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      project('pure', pure, 0, { workers: 2, seconds: 60, isolate: false }),
      // More side by side cost more CPU time than they use of what others leave idle.
      project('oracles', oracles, 1, { workers: 6, seconds: 300, isolate: false }),
      project('parts', parts, 1, { workers: 6, seconds: 240, isolate: false }),
      project('temporal', ['workflows', 'worker'], 1, { workers: 6, seconds: 240, built: true, isolate: false }),
      project('end-to-end', ['end-to-end'], 1, { workers: 6, seconds: 300, built: true, isolate: false }),
      project('faults', ['faults'], 1, { workers: 6, seconds: 900, built: true }),
      project('alone', alone, 2, { workers: 1, seconds: 300, built: true }),
    ],
  },
});
