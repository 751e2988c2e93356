import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

/** What loads the CPUs, needs the usual ports of Temporal, or times an interrupt: nothing may run beside it. */
const alone = ['busy', 'command-line-demo', 'demo', 'held-back', 'interrupt', 'readme', 'real-tools'].map(
  (name) => `end-to-end/${name}`
);

/** Tests grouped by what they cost: the groups run one after another, the cheap ones first. */
function project(
  name: string,
  where: string[],
  order: number,
  limits: { workers: number; seconds: number; built?: true }
) {
  return {
    test: {
      name,
      include: where.map((path) => (alone.includes(path) ? `test/${path}.test.ts` : `test/${path}/**/*.test.ts`)),
      exclude: where === alone ? [] : alone.map((path) => `test/${path}.test.ts`),
      pool: 'forks',
      maxWorkers: limits.workers,
      testTimeout: limits.seconds * 1000,
      hookTimeout: limits.seconds * 1000,
      globalSetup: limits.built ? ['test/support/built-program.ts'] : [],
      sequence: { groupOrder: order },
    },
  } satisfies TestProjectConfiguration;
}

export default defineConfig({
  test: {
    projects: [
      project(
        'pure',
        ['domain', 'benchmarks', 'reports', 'source', 'inventory', 'config', 'ssh-config', 'logging', 'cli'],
        0,
        {
          workers: 2,
          seconds: 20,
        }
      ),
      project('parts', ['ssh', 'waiting', 'blocking', 'processes', 'temporal', 'demo', 'activities', 'frame'], 1, {
        workers: 3,
        seconds: 60,
      }),
      project('temporal', ['workflows', 'worker'], 2, { workers: 3, seconds: 120 }),
      project('end-to-end', ['end-to-end'], 3, { workers: 4, seconds: 300, built: true }),
      project('alone', alone, 4, { workers: 1, seconds: 300, built: true }),
      project('faults', ['faults'], 5, { workers: 1, seconds: 900, built: true }),
    ],
  },
});
