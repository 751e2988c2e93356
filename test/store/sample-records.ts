import type { BenchmarkRecord, RunRecord, RunStart, ServerRecord } from '../../src/domain/records/records.ts';
import { aggregate } from '../../src/domain/reports/fleet-report.ts';
import { judge } from '../../src/domain/verdicts/judge.ts';
import { judgedRow } from '../../src/domain/verdicts/judged-row.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';

const startedAt = '2026-11-29T02:00:00.000Z';

export const key = { run: 'fleet-20261129-020000', temporalRunId: '0190a0b0-0000-7000-8000-000000000001' };

export function sampleStart(serverIds: readonly string[], about: Partial<RunStart> = {}): RunStart {
  return { ...key, startedAt, schedule: null, note: 'nightly', serverIds, ...about };
}

/** A server that reached or missed 8,000 events/s, with samples, evidence and output. */
export function sampleServer(serverId: string, events = 8_000, about: Partial<RunStart> = {}): ServerRecord {
  const samples = [events - 10, events, events + 10];
  const expected = { 'cpu.events_per_second': { reference: 8_000, tolerance: 0.1 } };
  const metric = { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher', device: null } as const;
  const measurements = [{ ...metric, samples, value: events, spread: 20 / events }];
  const result = { measurements, error: null, tool: 'sysbench', seconds: 31.2, evidence: [null, null, null] };
  const record: BenchmarkRecord = {
    ...{ benchmark: 'cpu', expected, measurements },
    results: [{ ...result, toolVersion: '1.0.20', jobId: `${serverId}.cpu.1`, raw: `events per second: ${events}\n` }],
  };
  const machine = { system: 'Debian 12', cpuModel: 'EPYC 9654', cpus: 96, memoryMib: 1024.5, gpus: [] };
  const facts = {
    serverId,
    hardwareClass: 'c5',
    classBy: 'default',
    identity: null,
    machine,
    startedAt,
    seconds: 34.1,
  };
  const row = { ...judgedRow(facts, [judge('cpu', result, expected)]), temporalRunId: `run of ${serverId}` };
  return { ...key, ...about, runStartedAt: startedAt, row, benchmarks: [record] };
}

/** The end of a run of these servers; `rows`: those that the run writes itself. */
export function sampleEnd(
  servers: readonly ServerRow[],
  rows: ServerRow[] = [],
  about: Partial<RunStart> = {}
): RunRecord {
  const of = { ...key, startedAt, schedule: null, ...about };
  const facts = {
    run: of.run,
    temporalRunId: of.temporalRunId,
    note: 'nightly',
    startedAt: of.startedAt,
    seconds: 61.4,
  };
  const { servers: _, ...report } = aggregate(facts, servers);
  return { ...of, serverIds: servers.map(({ serverId }) => serverId), report, isCancelled: false, rows };
}
