import { expect, test } from 'vitest';
import { catalogue, knownTools } from '../../src/benchmarks/catalogue.ts';
import { benchmarkListing, benchmarkListingText } from '../../src/reports/listings/benchmark-listing.ts';
import { configurationCheck, configurationCheckText } from '../../src/reports/checks/configuration-check.ts';
import { serverListing, serverListingText } from '../../src/reports/listings/server-listing.ts';
import { configurationOf, outputWith, scoreBenchmark } from '../support/configuration.ts';

test('servers are listed with their connection settings; a missing value is a dash', () => {
  const from = { user: 'hosts.ini:3', port: 'default', key: 'ssh-agent', jump: 'default' };
  const connection = { user: 'bench', port: 22, key: null, jump: null, from, problem: null };
  const configuration = configurationOf({ servers: ['web-1', 'web-2'] });
  const listed = serverListing(configuration, ['web-2'], new Map([['web-2', connection]]));
  expect(listed).toMatchObject([{ serverId: 'web-2', host: 'web-2.test', ...connection, groups: [], skip: null }]);
  const v6 = {
    ...{ ...connection, serverId: 'v6', host: 'fe80::1%eth0', port: 2222, key: 'keys/a', jump: 'me@[::1]:22' },
    ...{ hardwareClass: null, groups: ['web', 'db'], skip: null },
  };
  const unreached = { user: null, port: null, from: null, host: null, jump: null, key: null };
  const skipped = { ...v6, ...unreached, serverId: 'příbor', groups: [], skip: 'not reached by SSH: ...' };
  expect(serverListingText([...listed, v6, skipped]).split('\n')).toEqual([
    'server address             user  key    jump        class   groups',
    'web-2  web-2.test:22       bench -      -           default -',
    'v6     [fe80::1%eth0]:2222 bench keys/a me@[::1]:22 -       web,db',
    'příbor -                   -     -      -           -       (not reached by SSH: ...)',
    '',
  ]);
  const hostile = {
    ...v6,
    host: 'a\u001b[2J',
    user: 'b\nc',
    key: '\u001b',
    jump: '\u202e',
    groups: ['d\u202e'],
    problem: 'e\n',
  };
  expect(serverListingText([hostile]).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
});

test.each([
  [null, 'killed if it prints more than 256 KiB'],
  [{ head: 0, tail: 1024 * 1024 }, 'of a long output the last 1024 KiB are kept'],
  [{ head: 2048, tail: 4096 }, 'of a long output the first 2 KiB and the last 4 KiB are kept'],
])('what is kept of the output of a command is listed', (keep, text) => {
  const output = { ...outputWith([]), keep };
  const burn = scoreBenchmark('burn', { command: { command: 'burn', output, loadsAllCpus: false } });
  expect(benchmarkListingText(benchmarkListing([burn], []))).toContain(text);
});

test('all benchmarks are listed with their settings: tools, user-defined commands, and available ones', () => {
  const cpu = scoreBenchmark('cpu', { command: null, samples: 3, durationMs: 10_000 });
  const listed = benchmarkListing([cpu, scoreBenchmark('burn')], knownTools(catalogue));
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

test('a manual choice of GPUs is shown', () => {
  const gpu = scoreBenchmark('gpu', { command: null, devices: { vendor: 'nvidia', model: '*A100*' } });
  const listed = benchmarkListing([gpu], knownTools(catalogue));
  expect(listed[0]?.settings?.devices).toEqual({ vendor: 'nvidia', model: '*A100*' });
  expect(benchmarkListingText(listed)).toContain('gpu 1 sample, each for at most 1m, on nvidia *A100* only\n');
});

test('a valid configuration is one line', () => {
  const one = configurationCheck(configurationOf({ servers: ['web-1'] }), 1);
  expect(configurationCheckText(one)).toBe('fleetmark.yaml: 1 server, 1 class, 1 benchmark: valid');
  const many = { ...one, servers: 43, selected: 43, classes: ['a', 'b', 'c'], benchmarks: ['cpu', 'gpu'] };
  expect(configurationCheckText(many)).toBe('fleetmark.yaml: 43 servers, 3 classes, 2 benchmarks: valid');
  expect(configurationCheckText({ ...one, servers: 43 })).toMatch(/: 43 servers \(1 selected\), /);
});
