import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { summaryMarkdown } from '../../src/reports/runs/markdown.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import type { Settings } from '../support/fleetmark-yaml.ts';
import { startUp, type Up } from './up.ts';

/** The benchmarks, and the expectations of the class `default`, of a case from an issue. */
function settingsOf(name: string): Settings {
  const file = join(import.meta.dirname, '..', 'fixtures', 'cases', name, 'fleetmark.part.yaml');
  const { benchmarks, expect: expected } = parse(readFileSync(file, 'utf8')) as {
    benchmarks: Settings['benchmarks'];
    expect?: { default: Record<string, object> };
  };
  return { benchmarks, ...(expected && { expect: expected.default }) };
}

function timesIn(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe.skipIf(skipsWithout())('a row has all results of a server', () => {
  let fleet: Fleet;
  let up: Up;
  beforeAll(async () => {
    fleet = await startFleet(1);
    fleet.configure(settingsOf('many-metrics'));
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  test('32 values of one benchmark are in JSON, text and baseline', async () => {
    fleet.configure(settingsOf('many-metrics'));
    const { report } = await fleet.run('--measure-only');
    const [row] = report.servers;
    expect(row).toMatchObject({ verdict: 'measured', truncated: null });
    expect(row?.benchmarks[0]?.measurements.map(({ metric }) => metric)).toEqual(
      Array.from({ length: 32 }, (_, index) => `links.gpu${index}`)
    );
    const text = await fleet.start('run', '--yes', '--measure-only').ended;
    for (let index = 0; index < 32; index += 1) expect(text.stdout).toContain(`links.gpu${index} 13.5 GB/s`);
    const baseline = await fleet.start('baseline', '--least', '1', '--json').ended;
    const { classes } = JSON.parse(baseline.stdout) as { classes: { metrics: unknown[] }[] };
    expect(classes.map(({ metrics }) => metrics.length)).toEqual([32]);
  });

  test('one shortfall and five errors are in JSON, text and Markdown, each once', async () => {
    fleet.configure(settingsOf('one-fails-five-err'));
    const { report, exitCode } = await fleet.run();
    expect(exitCode).toBe(1);
    const json = JSON.stringify(report.servers);
    const broken = [1, 2, 3, 4, 5].map((index) => `no-such-tool-${index}`);
    for (const tool of broken) expect(timesIn(json, tool), tool).toBe(1);
    expect(report.servers[0]).toMatchObject({ verdict: 'fail', reason: 'short.n 1 of >= 50 points (2 %)' });
    const markdown = summaryMarkdown(report).replaceAll('\\', '');
    const { stdout } = await fleet.start('run', '--yes').ended;
    for (const output of [markdown, stdout]) {
      for (const [index, tool] of broken.entries()) {
        expect(timesIn(output, tool), tool).toBe(1);
        expect(timesIn(output, `broken${index + 1}: BenchmarkCrashed: `)).toBe(1);
      }
      expect(timesIn(output, 'short.n 1 of ')).toBe(1);
    }
  });

  test('errors of several benchmarks are shown once if none falls short', async () => {
    const { benchmarks } = settingsOf('one-fails-five-err');
    const { short: _, ...broken } = benchmarks;
    fleet.configure({ benchmarks: broken });
    const { report } = await fleet.run();
    expect(report.servers[0]).toMatchObject({
      ...{ verdict: 'error', reason: null },
      error: { type: 'BenchmarkCrashed', message: 'in benchmarks broken1, broken2, broken3, broken4, broken5' },
    });
    expect(timesIn(JSON.stringify(report.servers), 'no-such-tool-3')).toBe(1);
  });
});
