import { expect, test } from 'vitest';
import type { RunForecast } from '../../../src/domain/plans/run-forecast.ts';
import { planText } from '../../../src/reports/listings/plan-text.ts';

function forecastOf(count: number, changes: Partial<RunForecast> = {}): RunForecast {
  const servers = Array.from({ length: count }, (_, index) => {
    return { serverId: `web-${index + 1}`, hardwareClass: 'default', groups: ['web', 'all-of-them'] };
  });
  return {
    ...{ schemaVersion: 1, configuration: 'fleetmark.yaml', requested: count, mostServers: 2000, maxParallel: 5 },
    selection: { limit: null, sample: null, seed: null, of: count },
    benchmarks: [
      {
        ...{ benchmark: 'cpu', samples: 3, sampleSeconds: 10, mostSeconds: 390, tools: ['sysbench', 'openssl'] },
        expected: [{ hardwareClass: 'default', tool: 'sysbench' }],
      },
      { benchmark: 'gpu', samples: 3, sampleSeconds: null, mostSeconds: 1110, tools: ['clpeak'], expected: [] },
      { benchmark: 'burn', samples: 1, sampleSeconds: null, mostSeconds: 240, tools: ['command'], expected: [] },
    ],
    classes: [{ hardwareClass: 'default', servers: count }],
    groups: [{ group: 'web', servers: count }],
    ...{ perServer: { likelySeconds: 30, mostSeconds: 4980 }, run: { likelySeconds: 60, mostSeconds: 9960 } },
    ...{ servers, serversLeftOut: 0 },
    ...changes,
  };
}

test('shows what would run where, and for how long', () => {
  expect(planText(forecastOf(2))).toBe(`2 servers of fleetmark.yaml, at most 5 in parallel
the run:  about 1m, and the time of gpu and burn; at most 2h 46m
a server: about 30s, and the time of gpu and burn; at most 1h 23m
At most: if every time limit is used up and everything is measured twice.

classes: default 2
groups: web 2

benchmark samples  at most measured by
cpu       3 x 10 s 6m 30s  sysbench, else openssl; sysbench for the class default
gpu       3        18m 30s clpeak
burn      1        4m      its command
A command that prints more than 256 KiB to standard output or error is killed, unless it says what to "keep".

web-1 default web,all-of-them
web-2 default web,all-of-them
`);
});

test('many servers are only counted, and too many for one run are reported', () => {
  const groups = Array.from({ length: 300 }, (_, index) => ({ group: `rack-${index}`, servers: 10 }));
  const classes = [{ hardwareClass: null, servers: 10_000 }];
  const text = planText(forecastOf(10_000, { groups, classes }));
  expect(text).toContain('\nA run can have at most 2000 servers: use --limit to run these in parts.\n');
  expect(text).toContain('\nclasses: detected at run time 10000\n');
  expect(text).toContain('rack-19 10, and 280 more groups\n');
  expect(text).toMatch(/\nUse --json for the names of the servers.\n$/);
  expect(text.split('\n').length).toBeLessThan(20);
});

test('omitted names are reported, with how to see them', () => {
  const text = planText(forecastOf(30_000, { servers: [], serversLeftOut: 30_000 }));
  expect(text).toMatch(
    /\nThe names of 30000 servers are left out: the plan would exceed 1 MB\. Use --limit to plan parts of them\.\n$/
  );
  expect(text).not.toContain('--json');
});

test('duplicate ids of a machine are shown, because a run skips them', () => {
  const ids = Array.from({ length: 7 }, (_, index) => `web-${index + 2}`);
  const skipped = Object.fromEntries(ids.map((id) => [id, 'the same machine as web-1 (10.0.0.1:22)']));
  const text = planText(forecastOf(8, { skipped }));
  expect(text).toContain('\nleft out: web-2, the same machine as web-1 (10.0.0.1:22)\n');
  expect(text.match(/^left out: /gm)).toHaveLength(5);
  expect(text).toContain('\nand 2 more left out: --json\n');
});

test('a sample is shown with the options that select it again', () => {
  const selection = { limit: null, sample: '10%', seed: 42, of: 20 };
  expect(planText(forecastOf(2, { selection }))).toContain(
    '\nrandom sample of 20 servers; select the same ones with --sample 10% --seed 42\n'
  );
});

test('an unknown duration is not shown as zero', () => {
  const [, gpu] = forecastOf(1).benchmarks;
  const perServer = { likelySeconds: 0, mostSeconds: 100 };
  const text = planText(forecastOf(1, { benchmarks: [gpu!], perServer, run: perServer }));
  expect(text).toContain('\na server: the time of gpu; at most 1m 40s\n');
});

test('names cannot control the terminal', () => {
  const name = 'a\u001b[2J\nb';
  const text = planText(
    forecastOf(1, {
      configuration: name,
      groups: [{ group: name, servers: 1 }],
      servers: [{ serverId: name, hardwareClass: name, groups: [name] }],
    })
  );
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  expect(text.split('\n').length).toBe(planText(forecastOf(1)).split('\n').length);
});
