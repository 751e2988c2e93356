/** A checked configuration, without a file. */
import type { ActionSettings } from '../../src/domain/actions/action.ts';
import type { BenchmarkSettings, Configuration } from '../../src/domain/plans/configuration.ts';
import type { CommandMetric, CommandOutput } from '../../src/domain/plans/command-output.ts';
import type { Expectations } from '../../src/domain/verdicts/expectation.ts';
import type { QuietLimits } from '../../src/domain/measurements/quiet-limits.ts';
import type { Server } from '../../src/domain/servers/server.ts';

interface Wanted {
  servers: readonly string[];
  maxParallel?: number;
  quiet?: QuietLimits;
  benchmarks?: BenchmarkSettings[];
  expect?: Expectations;
  actions?: ActionSettings[];
}

/** Turns off all limits: the machine that runs the tests is busy. */
export const allOff: QuietLimits = {
  cpu: null,
  gpuProcesses: null,
  otherLoad: null,
  steal: null,
  unused: null,
  throttling: null,
};

/** A checked configuration, as read from `fleetmark.yaml`. */
export function configurationOf({
  servers,
  maxParallel = 5,
  quiet = allOff,
  benchmarks,
  expect = {},
  actions = [],
}: Wanted): Configuration {
  return {
    file: 'fleetmark.yaml',
    servers: new Map(servers.map((serverId) => [serverId, serverOf(serverId)])),
    ssh: {
      knownHostsFiles: [],
      hostKeys: 'strict',
      passphrase: null,
      agentSocket: null,
      connectTimeoutMs: 1_000,
      giveUpAfterMs: 1_000,
      answerTimeoutMs: 60_000,
    },
    sshConfig: { file: false, knownHosts: true, agent: true },
    maxParallel,
    quiet,
    benchmarks: benchmarks ?? [scoreBenchmark('cpu')],
    classes: [],
    expect: { default: expect },
    store: { url: null, password: null, keepMs: null },
    actions,
    requireExpectations: false,
  };
}

function serverOf(serverId: string): Server {
  const login = { user: 'bench', keyFile: '/dev/null', hostKey: null, jumps: [] };
  const address = { host: `${serverId}.test`, port: 22, ...login };
  return { serverId, ...address, hardwareClass: 'default', groups: [] };
}

/** A metric that a pattern finds once. */
export function patternMetric(metric: string, unit: string, pattern: string): CommandMetric {
  const source = { kind: 'pattern', pattern, list: null } as const;
  return {
    metric,
    unit,
    better: 'higher',
    source,
    take: 'once',
    device: null,
    file: null,
    part: null,
    absent: 'error',
  };
}

/** Reads these metrics in standard output, and nothing else. */
export function outputWith(metrics: CommandMetric[]): CommandOutput {
  return {
    read: 'stdout',
    keep: null,
    metrics,
    require: [],
    faults: [],
    exit: { meanings: {}, others: 'error' },
    firstGpu: null,
  };
}

/** A benchmark with a custom command that prints `score: N`. */
export function scoreBenchmark(benchmark: string, overrides: Partial<BenchmarkSettings> = {}): BenchmarkSettings {
  const output = outputWith([patternMetric(`${benchmark}.score`, 'points', 'score: (\\S+)')]);
  return {
    benchmark,
    samples: 1,
    durationMs: 1_000,
    timeoutMs: 60_000,
    silenceMs: null,
    command: { command: `measure ${benchmark}`, output, loadsAllCpus: false },
    openclCpuDevices: false,
    devices: null,
    ...overrides,
  };
}
