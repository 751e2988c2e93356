import { rename, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Expectations } from '../domain/verdicts/expectation.ts';
import { shellCommand } from '../domain/jobs/shell.ts';
import { demoFiles } from './demo-folder.ts';
import { programArguments } from '../processes/program-file.ts';

/** The account on the demo servers. */
export const DEMO_USER = 'demo';

export interface DemoServer {
  serverId: string;
  /** The port on 127.0.0.1. */
  port: number;
  role: 'healthy' | 'slow' | 'unreachable';
}

/** The benchmark program: the first one on the PATH, otherwise a Node program. */
export type DemoTool = 'sysbench' | 'openssl' | 'node';

/**
 * Tolerance for demo servers below the calibrated reference. Healthy ones stay within 15 %, although they share the
 * machine with Temporal and the worker; the slow one reaches about 60 %.
 */
export const DEMO_TOLERANCE = 0.25;

/** All demo servers are one machine with a noisy neighbour, so no server is ever quiet. */
const NO_QUIET_LIMITS = {
  cpu: 'off',
  gpuProcesses: 'off',
  otherLoad: 'off',
  steal: 'off',
  unused: 'off',
  throttling: 'off',
};

const SAMPLES = 3;
const SAMPLE_SECONDS = 1;

/**
 * Writes the demo's `fleetmark.yaml` atomically: a worker may be reading it.
 * @param expectations - for all servers; null: none yet
 * @returns its path
 */
export async function writeDemoConfiguration(
  { directory, servers, tool }: { directory: string; servers: readonly DemoServer[]; tool: DemoTool },
  expectations: Expectations | null
): Promise<string> {
  const files = demoFiles(directory);
  const configuration = {
    servers: Object.fromEntries(servers.map(({ serverId, port }) => [serverId, { host: '127.0.0.1', port }])),
    ssh: {
      ...{ user: DEMO_USER, key: files.key, knownHosts: files.knownHosts, agent: false, config: false },
      giveUpAfter: '3s',
    },
    benchmarks: {
      cpu: tool === 'node' ? nodeCommand() : { samples: SAMPLES, duration: `${SAMPLE_SECONDS}s` },
      gpu: {},
    },
    quiet: NO_QUIET_LIMITS,
    ...(expectations === null ? {} : { expect: { default: expectations } }),
  };
  const draft = `${files.configuration}.new`;
  await writeFile(draft, `# Written by fleetmark demo.\n${stringify(configuration)}`, { mode: 0o600 });
  await rename(draft, files.configuration);
  return files.configuration;
}

/** Used if neither sysbench nor openssl is installed. */
function nodeCommand(): object {
  const words = [process.execPath, ...programArguments('demo/demo-benchmark-process'), String(SAMPLE_SECONDS)];
  return {
    command: shellCommand(words),
    samples: SAMPLES,
    timeout: '60s',
    metrics: { events_per_second: { pattern: 'events per second: (\\S+)', unit: 'events/s', better: 'higher' } },
  };
}
