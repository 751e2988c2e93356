import { expect, test } from 'vitest';
import { jsonlText } from '../../../src/reports/exports/jsonl.ts';
import { smallFleet } from '../example-fleets.ts';
import { events, exampleReport, gflops, judgedServer, outcome, reportOf } from '../example-report.ts';

function read(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("each server is one object with SuperBench's keys", () => {
  const [first, , , , gpu] = read(jsonlText(exampleReport));
  expect(first).toEqual({
    'cpu/events_per_second': 8012,
    'cpu/return_code': 0,
    'gpu/return_code': 34,
    node: 'web-1',
  });
  expect(gpu).toEqual({
    'cpu/events_per_second': 8400,
    'cpu/return_code': 0,
    'gpu/fp32_gflops:0': 46_000,
    'gpu/fp32_gflops:1': 47_100,
    'gpu/return_code': 0,
    node: 'gpu-1',
  });
});

test('every server has a line, also one without measurements', () => {
  for (const report of [exampleReport, smallFleet()])
    expect(read(jsonlText(report)).map(({ node }) => node)).toEqual(report.servers.map(({ serverId }) => serverId));
});

test('every value is a number, as its rules and its baseline generation need', () => {
  const broken = judgedServer('web-1', { cpu: outcome(events(Number.NaN)), gpu: outcome(gflops(Infinity, 1)) });
  for (const report of [exampleReport, smallFleet(), reportOf([broken])]) {
    for (const { node, ...values } of read(jsonlText(report))) {
      expect(typeof node).toBe('string');
      expect(Object.values(values).filter((value) => !Number.isFinite(value))).toEqual([]);
      for (const key of Object.keys(values)) expect(key).toMatch(/^[a-z0-9_-]+\/[a-z0-9_-]+(:\d+)?$/);
    }
  }
});

test('a benchmark that could not be measured has another return code than 0; a slow one has 0', () => {
  const byNode = new Map(read(jsonlText(smallFleet())).map((each) => [each['node'], each]));
  expect(byNode.get('cpu-b07')!['disk/return_code']).toBe(32);
  expect(byNode.get('cpu-b05')!['cpu/return_code']).toBe(0);
  expect(byNode.get('gpu-b03')).toMatchObject({ 'burn/faults:5': 1, 'burn/return_code': 0 });
});
