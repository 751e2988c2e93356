/** Reports of whole fleets with realistic numbers, judged as a run does. */
import { aggregate, type FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { BenchmarkResult } from '../../src/domain/measurements/benchmark-result.ts';
import type { Evidence } from '../../src/domain/measurements/evidence.ts';
import { summarize, type MeasuredDevice, type Reading } from '../../src/domain/measurements/measurement.ts';
import type { MachineFacts } from '../../src/domain/servers/machine.ts';
import { seededRandom } from '../../src/domain/values/seeded-random.ts';
import type { Expectations } from '../../src/domain/verdicts/expectation.ts';
import { judge } from '../../src/domain/verdicts/judge.ts';
import { judgedRow } from '../../src/domain/verdicts/judged-row.ts';
import { unmeasuredRow, type ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { quietEvidence } from '../support/quiet-evidence.ts';

const gpuExpectations: Expectations = {
  'cpu.events_per_second': { reference: 212_000, tolerance: 0.05 },
  'gpu.devices': { min: 8 },
  'gpu.fp32_gflops': { reference: 51_200, tolerance: 0.05 },
  'gpu.memory_gb_per_second': { min: 2_900 },
  'burn.gflops': { reference: 48_900, tolerance: 0.08 },
};
const cpuExpectations: Expectations = {
  'cpu.events_per_second': { reference: 148_000, tolerance: 0.08 },
  'disk.read_iops': { min: 900_000 },
  'disk.p99_ms': { max: 1.2 },
};

const gpuMachine: MachineFacts = {
  ...{ system: 'Ubuntu 24.04.3 LTS', cpuModel: 'INTEL(R) XEON(R) PLATINUM 8568Y+', cpus: 192, memoryMib: 2_063_412 },
  gpus: [{ model: 'NVIDIA H100 80GB HBM3', count: 8 }],
  ...{ product: 'PowerEdge XE9680', bios: '2.4.4', kernel: '6.8.0-48-generic', gpuDriver: '550.127.05' },
};
const cpuMachine: MachineFacts = {
  ...{ system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC 9654 96-Core Processor', cpus: 192 },
  ...{ memoryMib: 773_584, gpus: [], product: 'ProLiant DL385 Gen11', bios: '2.16', kernel: '6.1.0-26-amd64' },
};

type Random = () => number;
const cpuMetric = { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher', device: null } as const;
const evidenceOf = (found: Partial<Evidence>): Evidence[] => [0, 1, 2].map(() => ({ ...quietEvidence, ...found }));
const around = (random: Random, value: number, spread: number): number =>
  Math.round(value * (1 + spread * (random() + random() - 1)) * 100) / 100;

/** Three samples of each value. */
function readings(random: Random, metric: Omit<Reading, 'value' | 'device'>, byDevice: readonly number[]): Reading[] {
  const isSingle = byDevice.length === 1;
  return byDevice.flatMap((value, device) =>
    [0, 1, 2].map(() => ({ ...metric, device: isSingle ? null : device, value: around(random, value, 0.004) }))
  );
}

function result(
  tool: string,
  seconds: number,
  measured: Reading[],
  more: Partial<BenchmarkResult> = {}
): BenchmarkResult {
  return { measurements: summarize(measured), error: null, tool, seconds, evidence: evidenceOf({}), ...more };
}

const gpuDevices: MeasuredDevice[] = ['19', '3b', '4c', '5d', '9b', 'bb', 'cb', 'db'].map((bus, device) => {
  const uuid = `GPU-${bus}cac49b-bc5a-f781-9c02-88918692607${device}`;
  return { device, address: `0000:${bus}:00.0`, uuid, name: 'NVIDIA H100 80GB HBM3', isPartitioned: false };
});

interface Changes {
  /** Changes its results before they are judged. */
  results?: (results: Record<string, BenchmarkResult>) => Record<string, BenchmarkResult>;
  machine?: Partial<MachineFacts>;
  notes?: string[];
}

function gpuServer(serverId: string, random: Random, changes: Changes = {}): ServerRow {
  const each = (value: number, spread: number): number[] => gpuDevices.map(() => around(random, value, spread));
  const gflops = { metric: 'gpu.fp32_gflops', unit: 'GFLOPS', better: 'higher' } as const;
  const memory = { metric: 'gpu.memory_gb_per_second', unit: 'GB/s', better: 'higher' } as const;
  const count = { metric: 'gpu.devices', unit: 'devices', better: 'higher', device: null, value: 8 } as const;
  const burn = { metric: 'burn.gflops', unit: 'GFLOPS', better: 'higher' } as const;
  const devices = gpuDevices;
  const results = {
    cpu: result('sysbench', 31.2, readings(random, cpuMetric, [around(random, 213_000, 0.01)])),
    gpu: result(
      ...(['clpeak', 74.9] as const),
      [
        count,
        count,
        count,
        ...readings(random, gflops, each(51_300, 0.012)),
        ...readings(random, memory, each(3_010, 0.006)),
      ],
      { devices, evidence: evidenceOf({ celsius: 58, ownCpu: null }) }
    ),
    burn: result('command', 300.4, readings(random, burn, each(48_800, 0.02)), { devices }),
  };
  return server(
    serverId,
    { hardwareClass: 'h100x8', classBy: 'group gpu', machine: gpuMachine },
    results,
    gpuExpectations,
    changes
  );
}

function cpuServer(serverId: string, random: Random, changes: Changes = {}): ServerRow {
  const iops = { metric: 'disk.read_iops', unit: 'IOPS', better: 'higher' } as const;
  const latency = { metric: 'disk.p99_ms', unit: 'ms', better: 'lower' } as const;
  const disk = [
    ...readings(random, iops, [around(random, 1_010_000, 0.02)]),
    ...readings(random, latency, [around(random, 0.92, 0.1)]),
  ];
  const results = {
    cpu: result('sysbench', 31.1, readings(random, cpuMetric, [around(random, 149_000, 0.02)]), {
      evidence: evidenceOf({ loadBefore: 0.2, megahertz: { mean: 3548.2, lowest: 3510 }, governor: 'performance' }),
    }),
    gpu: { measurements: [], error: { type: 'DeviceMissing', message: 'no GPU' }, tool: null, seconds: null },
    disk: result('command', 61.8, disk),
  };
  return server(
    serverId,
    { hardwareClass: 'epyc-9654', classBy: 'detected', machine: cpuMachine },
    results,
    cpuExpectations,
    changes
  );
}

type ClassFacts = Pick<ServerRow, 'hardwareClass' | 'classBy' | 'machine'>;

function server(
  serverId: string,
  about: ClassFacts,
  results: Record<string, BenchmarkResult>,
  expected: Expectations,
  { results: change = (same) => same, machine, notes = [] }: Changes
): ServerRow {
  const changed = change(results);
  const times = { startedAt: '2026-11-28T22:04:11.000Z', seconds: 412.7 };
  const facts = { serverId, ...about, machine: { ...about.machine!, ...machine }, ...times };
  const rows = Object.entries(changed).map(([benchmark, of]) => judge(benchmark, of, expected));
  return { ...judgedRow(facts, rows, notes), temporalRunId: '019ab3f0-7c1e-7d2a-9f44-0d7cf1a2b3c4' };
}

/** The results with one benchmark changed. */
function changed(name: string, change: (result: BenchmarkResult) => Partial<BenchmarkResult>): Changes {
  return { results: (results) => ({ ...results, [name]: { ...results[name]!, ...change(results[name]!) } }) };
}

/** Scales the values of one metric, on one device. */
function scaled(
  metric: string,
  device: number | null,
  factor: number
): (result: BenchmarkResult) => Partial<BenchmarkResult> {
  return ({ measurements }) => ({
    measurements: measurements.map((each) =>
      each.metric === metric && each.device === device
        ? { ...each, value: each.value * factor, samples: each.samples.map((sample) => sample * factor) }
        : each
    ),
  });
}

function run(servers: ServerRow[], note: string): FleetReport {
  const facts = { run: 'fleet-20261128-220400', temporalRunId: '019ab3ef-11aa-7000-8888-0242ac120002', note };
  const selection = { limit: ['hall-b'], sample: null, seed: null, of: servers.length };
  return aggregate({ ...facts, selection, startedAt: '2026-11-28T22:04:00.000Z', seconds: 1291.4 }, servers);
}

/** Fourteen servers in which every kind of result occurs that a vendor would be shown. */
export function smallFleet(): FleetReport {
  const random = seededRandom(7);
  const hot = evidenceOf({
    loadBefore: 0.4,
    celsius: 97,
    throttlings: 41,
    megahertz: { mean: 1421.7, lowest: 1200 },
    governor: 'performance',
  });
  const faults = [{ says: 'wrong results', device: 5, text: 'GPU 5: FAULTY, 1,284 errors' }];
  const unreachable = {
    type: 'ServerUnreachable',
    message: 'cannot connect to 10.20.4.18:22: connection timed out (7 attempts in 60 s)',
  };
  const steal = evidenceOf({ steal: 0.31, doubt: 'its hypervisor withheld 31 % of its CPU time' });
  return run(
    [
      gpuServer('gpu-b01', random),
      gpuServer('gpu-b02', random, changed('gpu', scaled('gpu.fp32_gflops', 3, 0.71))),
      gpuServer(
        'gpu-b03',
        random,
        changed('burn', () => ({ faults }))
      ),
      gpuServer('gpu-b04', random, {
        ...changed('gpu', ({ measurements }) => ({
          devices: gpuDevices.slice(0, 7),
          measurements: measurements
            .filter(({ device }) => device !== 7)
            .map((each) => (each.metric === 'gpu.devices' ? { ...each, value: 7, samples: [7, 7, 7] } : each)),
        })),
        machine: { gpus: [{ model: 'NVIDIA H100 80GB HBM3', count: 7 }] },
        notes: ['not measured: 0000:09:00.0 ASPEED 1a03:2000 (display only)'],
      }),
      ...[1, 2].map((index) => cpuServer(`cpu-b0${index}`, random)),
      cpuServer('cpu-b03', random, { machine: { bios: '1.58' } }),
      cpuServer('cpu-b04', random, { machine: { memoryMib: 709_072 } }),
      cpuServer('cpu-b05', random, {
        results: ({ cpu, ...others }) => ({
          cpu: { ...cpu!, ...scaled('cpu.events_per_second', null, 0.54)(cpu!), evidence: hot },
          ...others,
        }),
      }),
      cpuServer('cpu-b06', random, {
        results: ({ cpu, ...others }) => ({
          cpu: { ...cpu!, ...scaled('cpu.events_per_second', null, 0.8)(cpu!), evidence: steal },
          ...others,
        }),
      }),
      cpuServer('cpu-b07', random, {
        ...changed('disk', () => ({
          measurements: [],
          error: { type: 'ToolMissing', message: 'fio is not installed: apt-get install fio' },
        })),
        machine: { system: 'Debian GNU/Linux 11 (bullseye)' },
      }),
      unmeasuredRow('cpu-b08', 'error', unreachable),
      unmeasuredRow('switch-b1', 'skip', null, 'not reached by SSH: its connection is network_cli'),
      unmeasuredRow('db-b1', 'busy', {
        type: 'ServerBusy',
        message: 'this server is busy with other work: others use 63 % of its CPU time',
      }),
    ],
    'acceptance of hall B, order 4711'
  );
}

/** A fleet in which about every 60th server falls short, and every 90th is not reached. */
export function largeFleet(servers: number): FleetReport {
  const random = seededRandom(11);
  const rows = Array.from({ length: servers }, (_, index) => {
    const [rack, slot] = [Math.floor(index / 20) + 1, (index % 20) + 1].map((part) => String(part).padStart(2, '0'));
    const serverId = `node-r${rack}-${slot}`;
    if (index % 90 === 89)
      return unmeasuredRow(serverId, 'error', {
        type: 'ServerUnreachable',
        message: `cannot connect to 10.30.${rack}.${slot}:22: connection refused (5 attempts in 60 s)`,
      });
    if (index % 10 === 0) {
      return gpuServer(
        serverId,
        random,
        index % 60 === 0 ? changed('gpu', scaled('gpu.fp32_gflops', index % 8, 0.8)) : {}
      );
    }
    return cpuServer(
      serverId,
      random,
      index % 60 === 7 ? changed('cpu', scaled('cpu.events_per_second', null, 0.7)) : {}
    );
  });
  return run(rows, 'nightly');
}
