import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { inertJson } from '../../domain/values/untrusted.ts';
import type { BenchmarkRow, ServerRow } from '../../domain/verdicts/server-row.ts';

/** What SuperBench calls the states of a benchmark; its rules only test for 0. */
const returnCodes = { success: 0, executionFailure: 32, unsupported: 34 } as const;

/**
 * One JSON object for each server, with the keys of SuperBench's `results-summary.jsonl`: `benchmark/metric`,
 * `benchmark/metric:device`, `benchmark/return_code`, `node`.
 * @see https://github.com/microsoft/superbenchmark/blob/main/superbench/runner/runner.py
 */
export function jsonlText(report: FleetReport): string {
  return report.servers.map((row) => `${inertJson(JSON.stringify(nodeOf(row)))}\n`).join('');
}

function nodeOf(row: ServerRow): Record<string, string | number> {
  return { ...Object.fromEntries(row.benchmarks.flatMap(valuesOf)), node: row.serverId };
}

function valuesOf(row: BenchmarkRow): [key: string, value: number][] {
  const { benchmark, measurements, shortfalls } = row;
  const faults = shortfalls.filter(({ says }) => says !== undefined);
  const values = [
    ...measurements,
    ...faults.map(({ metric, device, measured }) => ({ metric, device, value: measured })),
  ].filter(({ value }) => Number.isFinite(value));
  return [
    ...values.map(({ metric, device, value }): [string, number] => [keyOf(metric, device), value]),
    [`${benchmark}/return_code`, returnCode(row)],
  ];
}

/** `gpu/fp32_gflops:3` for the metric `gpu.fp32_gflops` of device 3. */
function keyOf(metric: string, device: number | null): string {
  const key = metric.replace('.', '/');
  return device === null ? key : `${key}:${device}`;
}

/** A benchmark that measured is a success, also if its numbers are low: SuperBench's rules judge them. */
function returnCode({ verdict, error }: BenchmarkRow): number {
  if (verdict === 'skip') return returnCodes.unsupported;
  return error === null ? returnCodes.success : returnCodes.executionFailure;
}
