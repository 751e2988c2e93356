import { expect, test } from 'vitest';
import { knownTools } from '../../src/benchmarks/catalogue.ts';
import { benchmarkListing, benchmarkListingText } from '../../src/reports/benchmark-listing.ts';
import { configurationCheck, configurationCheckText } from '../../src/reports/configuration-check.ts';
import { serverListing, serverListingText } from '../../src/reports/server-listing.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';

test('servers are listed as they are written, and what is not written is a dash', () => {
  const listed = serverListing(configurationOf({ servers: ['web-1', 'web-2'] }), ['web-2']);
  expect(listed).toMatchObject([{ serverId: 'web-2', host: 'web-2.test', port: 22, user: 'bench', groups: [] }]);
  const unwritten = { serverId: 'v6', host: 'fe80::1%eth0', port: null, user: null, hardwareClass: null, skip: null };
  const lines = serverListingText([...listed, { ...unwritten, groups: ['web', 'db'] }]).split('\n');
  expect(lines).toEqual([
    'server address       user  class   groups',
    'web-2  web-2.test:22 bench default -',
    'v6     fe80::1%eth0  -     -       web,db',
    '',
  ]);
  const hostile = { ...unwritten, port: 22, host: 'a\u001b[2J', user: 'b\nc', groups: ['d\u202e'] };
  expect(serverListingText([hostile]).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
});

test('benchmarks are listed with how they run, those of the user included, and those that could be configured', () => {
  const cpu = scoreBenchmark('cpu', { command: null, samples: 3, durationMs: 10_000 });
  const listed = benchmarkListing([cpu, scoreBenchmark('burn')], knownTools());
  expect(listed.map(({ benchmark, settings }) => [benchmark, settings?.sampleSeconds])).toEqual([
    ['cpu', 10],
    ['burn', null],
    ['gpu', undefined],
  ]);
  expect(listed[0]?.metrics).toEqual([
    { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher', tool: 'sysbench' },
    { metric: 'cpu.sha256_mb_per_second', unit: 'MB/s', better: 'higher', tool: 'openssl' },
  ]);
  const text = benchmarkListingText(listed);
  expect(text).toContain('cpu 3 x 10 s, each for at most 1m\n  sysbench cpu.events_per_second, events/s, higher');
  expect(text).toContain('\nburn 1 sample, each for at most 1m\n  command burn.score, points, higher is better\n');
  expect(text).toContain('\n          measure burn\n');
  expect(text).toContain('\ngpu not configured\n  clpeak gpu.devices, devices, higher is better\n');
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('which GPUs are measured is told where they are chosen by hand', () => {
  const gpu = scoreBenchmark('gpu', { command: null, devices: { vendor: 'nvidia', model: '*A100*' } });
  const listed = benchmarkListing([gpu], knownTools());
  expect(listed[0]?.settings?.devices).toEqual({ vendor: 'nvidia', model: '*A100*' });
  expect(benchmarkListingText(listed)).toContain('gpu 1 sample, each for at most 1m, on nvidia *A100* only\n');
});

test('a configuration in which nothing is wrong is one line', () => {
  const one = configurationCheck(configurationOf({ servers: ['web-1'] }), 1);
  expect(configurationCheckText(one)).toBe('fleetmark.yaml: 1 server, 1 class, 1 benchmark: nothing wrong');
  const many = { ...one, servers: 43, selected: 43, classes: ['a', 'b', 'c'], benchmarks: ['cpu', 'gpu'] };
  expect(configurationCheckText(many)).toBe('fleetmark.yaml: 43 servers, 3 classes, 2 benchmarks: nothing wrong');
  expect(configurationCheckText({ ...one, servers: 43 })).toMatch(/: 43 servers \(1 selected\), /);
});
