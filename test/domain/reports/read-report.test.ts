import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from '../../../src/domain/verdicts/judge.ts';
import { summarize } from '../../../src/domain/measurements/measurement.ts';
import { readServerRow } from '../../../src/domain/reports/read-report.ts';
import { judgedRow } from '../../../src/domain/verdicts/judged-row.ts';
import { unmeasuredRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';
import { quietEvidence } from '../../support/quiet-evidence.ts';

function wholeRow(): ServerRow {
  const reading = { metric: 'cpu.score', unit: 'points', better: 'higher', device: null, value: 20 } as const;
  const outcome = {
    measurements: summarize([reading]),
    error: null,
    tool: 'sysbench',
    seconds: 3,
    evidence: [quietEvidence],
  };
  const facts = { serverId: 'web-1', hardwareClass: 'default', startedAt: '2026-11-24T02:00:00.000Z', seconds: 64 };
  const gpus = [{ model: 'NVIDIA H100 80GB HBM3', count: 8 }];
  const machine = { system: 'Debian 12', cpuModel: 'AMD EPYC 9654', cpus: 128, memoryMib: 1_000_000, gpus };
  const row = judgedRow(
    { ...facts, classBy: 'detected', machine, identity: '0123456789abcdef' },
    [judge('cpu', outcome, { 'cpu.score': { min: 50 } })],
    ['measured although it was already working']
  );
  const obstacle = { type: 'HostUnsuitable', message: 'no room' };
  const truncated = { parts: ['evidence', 'measurements of links'], workflowId: 'server/web-1' };
  const readiness = exampleReadiness({ obstacle, otherWork: 'others use 90 %' });
  return { ...row, readiness, temporalRunId: '0190-fa', truncated };
}

test('a row that is serialized and read again is the same row', () => {
  for (const row of [wholeRow(), unmeasuredRow('web-1', 'busy', { type: 'ServerBusy', message: 'in use' })]) {
    expect(readServerRow(JSON.parse(JSON.stringify(row)), 'web-1')).toEqual(row);
  }
});

test('a row with devices is read with them, and a row with an invalid device is not a row', () => {
  const device = { device: 2, address: '0000:c1:00.0', uuid: null, name: 'NVIDIA A100' };
  const row = wholeRow();
  const [benchmark] = row.benchmarks;
  const shortfalls = benchmark!.shortfalls.map((each) => ({ ...each, device: 2, address: '0000:c1:00.0' }));
  const withDevices = (devices: unknown[]) => ({ ...row, benchmarks: [{ ...benchmark!, shortfalls, devices }] });
  expect(readServerRow(withDevices([device]), 'web-1')).toEqual(withDevices([device]));
  for (const odd of [{ ...device, address: 7 }, { ...device, device: null }, {}, null]) {
    expect(readServerRow(withDevices([odd]), 'web-1')).toBeNull();
  }
});

test('a count is read as one, also from a row of an earlier version, which says so by its unit alone', () => {
  const row = wholeRow();
  const exactRow = (exact: unknown) => {
    const benchmarks = row.benchmarks.map((each) => ({
      ...each,
      measurements: each.measurements.map((measurement) => ({ ...measurement, exact })),
      shortfalls: each.shortfalls.map((shortfall) => ({ ...shortfall, exact })),
    }));
    return { ...row, benchmarks };
  };
  expect(readServerRow(exactRow(true), 'web-1')).toEqual(exactRow(true));
  expect(readServerRow(exactRow(undefined), 'web-1')).toEqual(row);
  expect(readServerRow(exactRow('yes'), 'web-1')).toBeNull();
});

test('a row of an earlier version, without notes, evidence, machine facts and checks, is a row', () => {
  const { notes: _, classBy: ___, machine: ____, identity: _____, readiness: ______, ...later } = wholeRow();
  const { temporalRunId: _______, truncated: ________, ...row } = later;
  const benchmarks = row.benchmarks.map(({ evidence: __, ...each }) => each);
  expect(readServerRow({ ...row, benchmarks }, 'web-1')).toEqual({
    ...wholeRow(),
    ...{ notes: [], classBy: null, machine: null, identity: null, readiness: null },
    ...{ temporalRunId: null, truncated: null },
    benchmarks: [{ ...wholeRow().benchmarks[0], evidence: null }],
  });
});

test('the row of another server is rejected', () => {
  expect(readServerRow(wholeRow(), 'web-2')).toBeNull();
});

test('a row with a missing or invalid field is rejected', () => {
  for (const path of fieldPaths(wholeRow())) {
    const later = ['classBy', 'identity', 'temporalRunId', 'ownCpu', 'stoodStill', 'throttled'];
    const isLater = later.includes(String(path.at(-1)));
    if (!isLater) expect(readServerRow(changed(path, undefined), 'web-1'), path.join('.')).toBeNull();
    expect(readServerRow(changed(path, Symbol('odd')), 'web-1'), path.join('.')).toBeNull();
  }
});

test('any value is either a complete row or rejected', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(readServerRow(value, 'web-1')).toBeNull();
    })
  );
});

type FieldPath = (string | number)[];

/** The path of every field of a row. A non-finite median is null in JSON, so any value is accepted there. */
function fieldPaths(value: unknown, path: FieldPath = []): FieldPath[] {
  if (typeof value !== 'object' || value === null) return path.length > 0 && path.at(-1) !== 'value' ? [path] : [];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    fieldPaths(each, [...path, Array.isArray(value) ? Number(key) : key])
  );
  return inner.length > 0 ? inner : [path];
}

function changed(path: FieldPath, to: unknown): unknown {
  const row: unknown = structuredClone(wholeRow());
  let at = row as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = to;
  return row;
}
