import { aggregate, type FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { judge } from '../../src/domain/verdicts/judge.ts';
import type { BenchmarkResult } from '../../src/domain/measurements/benchmark-result.ts';
import type { Expectations } from '../../src/domain/verdicts/expectation.ts';
import type { MachineFacts } from '../../src/domain/servers/machine.ts';
import { summarize, type Reading } from '../../src/domain/measurements/measurement.ts';
import { judgedRow } from '../../src/domain/verdicts/judged-row.ts';
import { unmeasuredRow, type ServerRow } from '../../src/domain/verdicts/server-row.ts';

const expected: Expectations = {
  'cpu.events_per_second': { reference: 8000, tolerance: 0.1 },
  'gpu.fp32_gflops': { min: 45_000 },
};

export function events(...values: number[]): Reading[] {
  const metric = { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher', device: null } as const;
  return values.map((value) => ({ ...metric, value }));
}

export function gflops(...byDevice: number[]): Reading[] {
  const metric = { metric: 'gpu.fp32_gflops', unit: 'GFLOPS', better: 'higher' } as const;
  return byDevice.map((value, device) => ({ ...metric, device, value }));
}

export function outcome(readings: Reading[], error: BenchmarkResult['error'] = null): BenchmarkResult {
  return { measurements: summarize(readings), error, tool: readings.length > 0 ? 'sysbench' : null, seconds: 31.2 };
}

const machine: MachineFacts = {
  ...{ system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC 9654 96-Core Processor', cpus: 192 },
  ...{ memoryMib: 1_547_000, gpus: [{ model: 'NVIDIA H100 80GB HBM3', count: 2 }] },
};

/** A server that was judged by expectations, or only measured if there are none. */
export function judgedServer(
  serverId: string,
  outcomes: Record<string, BenchmarkResult>,
  expectations = expected
): ServerRow {
  const facts = { serverId, hardwareClass: 'default', startedAt: '2026-11-24T02:00:01.000Z', seconds: 64 };
  const found = { classBy: 'default', machine };
  return judgedRow(
    { ...facts, ...found },
    Object.entries(outcomes).map(([benchmark, of]) => judge(benchmark, of, expectations))
  );
}

export function reportOf(servers: readonly ServerRow[], note: string | null = null): FleetReport {
  const run = { run: 'fleet-20261124-020000', temporalRunId: '0190-fa', startedAt: '2026-11-24T02:00:00.000Z' };
  return aggregate({ ...run, note, seconds: 1260.2 }, servers);
}

const cpuOnly: Expectations = { 'cpu.events_per_second': { reference: 8000, tolerance: 0.1 } };
const noGpu = outcome([], { type: 'DeviceMissing', message: 'no GPU' });
const refused = { type: 'ServerUnreachable', message: 'connect ECONNREFUSED 10.0.0.4:22, tried for 60 s' };

/** A run in which every kind of result occurs. */
export const exampleReport = sampled(
  [
    judgedServer('web-1', { cpu: outcome(events(8012, 8100, 7990)), gpu: noGpu }, cpuOnly),
    judgedServer('web-7', { cpu: outcome(events(3912, 3900, 3950)), gpu: noGpu }, cpuOnly),
    unmeasuredRow('web-4', 'error', refused),
    unmeasuredRow('web-5', 'error', { ...refused, message: 'connect ETIMEDOUT 10.0.0.5:22, tried for 60 s' }),
    judgedServer('gpu-1', { cpu: outcome(events(8400)), gpu: outcome(gflops(46_000, 47_100)) }),
    judgedServer('gpu-2', { cpu: outcome(events(7000)), gpu: outcome(gflops(46_100, 41_250)) }),
    judgedServer('gpu-3', {
      cpu: outcome(events(7100)),
      gpu: outcome([], { type: 'ToolMissing', message: 'no clpeak' }),
    }),
    judgedServer('new-1', { cpu: outcome(events(9100)) }, {}),
    unmeasuredRow('web-8', 'busy', { type: 'ServerBusy', message: 'server/web-8 is running' }),
    unmeasuredRow('web-9', 'not_reached', null, 'the run was cancelled before this server was started'),
  ],
  'nightly'
);

function sampled(...of: Parameters<typeof reportOf>): FleetReport {
  return { ...reportOf(...of), selection: { limit: ['web', 'gpu-*'], sample: '25%', seed: 12345, of: 40 } };
}
