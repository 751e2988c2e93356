import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { jsonText } from '../../../src/reports/runs/json.ts';
import { events, exampleReport, gflops, judgedServer, outcome, reportOf } from '../example-report.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../schema/report.schema.json', import.meta.url), 'utf8')
) as object;
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

function problems(report: unknown): string[] {
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

test('the JSON output is the unchanged report, pretty-printed', () => {
  expect(JSON.parse(jsonText(exampleReport))).toEqual(exampleReport);
  expect(jsonText(exampleReport).endsWith('}\n')).toBe(true);
});

test('it cannot move the cursor or change the text direction', () => {
  expect(jsonText({ note: '\u009b2J\u202e' })).toBe('{\n  "note": "\\u009b2J\\u202e"\n}\n');
});

describe('the published schema', () => {
  test('describes a report with every verdict and field', () => {
    expect(problems(JSON.parse(jsonText(exampleReport)))).toEqual([]);
  });

  test('describes devices and their addresses', () => {
    const device = { address: '0000:01:00.0', uuid: null, name: 'NVIDIA A100', isPartitioned: false };
    const devices = [0, 1].map((index) => ({ ...device, device: index }));
    const report = reportOf([judgedServer('gpu-1', { gpu: { ...outcome(gflops(46_000, 1)), devices } })]);
    expect(report.servers[0]!.benchmarks[0]!.devices).toHaveLength(2);
    expect(report.servers[0]!.benchmarks[0]!.shortfalls[0]!.address).toBe('0000:01:00.0');
    expect(problems(JSON.parse(jsonText(report)))).toEqual([]);
  });

  test('describes faults, and metrics where lower is better', () => {
    const faults = [{ says: 'wrong results', device: 3, text: 'GPU 3: FAULTY' }];
    const measured = outcome(events(100));
    const lower = measured.measurements.map((each) => ({ ...each, better: 'lower' as const }));
    const report = reportOf([judgedServer('web-1', { cpu: { ...measured, measurements: lower, faults } })]);
    const [row] = report.servers[0]!.benchmarks;
    expect(row!.shortfalls[0]!.says).toBe('wrong results: "GPU 3: FAULTY"');
    expect(row!.measurements[0]!.better).toBe('lower');
    expect(problems(JSON.parse(jsonText(report)))).toEqual([]);
  });

  test('describes counts in any unit', () => {
    const count = { metric: 'burn.ok', unit: 'gpus', better: 'higher', exact: true, device: null, value: 15 } as const;
    const report = reportOf([judgedServer('web-1', { burn: outcome([count]) }, { 'burn.ok': { min: 16 } })]);
    const [row] = report.servers[0]!.benchmarks;
    expect([row!.measurements[0]!.exact, row!.shortfalls[0]!.exact]).toEqual([true, true]);
    expect(problems(JSON.parse(jsonText(report)))).toEqual([]);
  });

  test('describes numbers that are not finite', () => {
    const report = reportOf([judgedServer('web-1', { cpu: outcome(events(Number.NaN, Infinity)) })]);
    expect(report.errored).toEqual(['web-1']);
    expect(problems(JSON.parse(jsonText(report)))).toEqual([]);
  });

  test('knows every property: a missing or unknown one is invalid', () => {
    const paths: string[] = [];
    for (const path of objectsIn(JSON.parse(jsonText(exampleReport)))) {
      for (const change of ['missing', 'unknown'] as const) {
        const report: unknown = JSON.parse(jsonText(exampleReport));
        const at = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], report) as object;
        if (change === 'unknown') Object.assign(at, { unheard: 'of' });
        else delete (at as Record<string, unknown>)[Object.keys(at)[0]!];
        if (problems(report).length === 0) paths.push(`${path.join('.')} ${change}`);
      }
    }
    expect(paths).toEqual([]);
  });
});

/** The path of every object in a JSON value. */
function objectsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, each]) => objectsIn(each, [...path, key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}
