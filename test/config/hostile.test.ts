import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostSettings } from '../../src/ssh-config/host-settings.ts';
import { followedOptions, refusedOptions } from '../../src/ssh-config/ssh-options.ts';
import { isHost, isUser } from '../../src/source/hosts/host.ts';
import { configurationJsonSchema } from '../../src/config/schema/schema.ts';
import { catalogue, kindsOf } from '../../src/benchmarks/catalogue.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { printable } from '../../src/domain/values/untrusted.ts';
import { hostileValue, hostileValues } from '../support/hostile-values.ts';
import { expectInertOrRefused } from '../support/inert.ts';
import { folderWith } from '../support/temporary-folder.ts';

const hostKey = `SHA256:${'A'.repeat(43)}`;
const configuration = {
  servers: {
    'web-1': {
      ...{ host: '10.0.0.11', port: 2222, user: 'bench', key: 'keys/web', hostKey, jump: 'a@b:22' },
      ...{ class: 'c5', groups: ['web', 'big'] },
    },
    'db-[1-3]': null,
  },
  ssh: {
    user: 'bench',
    key: '~/.ssh/k',
    knownHosts: ['/dev/null'],
    connectTimeout: '10s',
    giveUpAfter: '60s',
    agent: '/a',
    config: false,
    jump: ['bastion', 'root@10.0.0.1:2222'],
    hostKeys: 'strict',
    passphrase: { file: '/p' },
  },
  maxParallel: 5,
  quiet: { cpu: '20%', gpuProcesses: 0, otherLoad: '15%', steal: 'off', unused: 'off', throttling: 0 },
  benchmarks: {
    cpu: { samples: 3, duration: '10s', timeout: '60s' },
    gpu: { devices: { vendor: 'amd' } },
    burn: {
      command: '/opt/burn',
      silence: '9s',
      metrics: { score: { pattern: '(.*)', unit: 'points', better: 'higher' } },
    },
  },
  classes: {
    c5: { groups: ['web'] },
    h100: {
      detect: {
        ...{ gpuModel: '*H100*', gpus: 8, cpuModel: '*EPYC*', cpus: { min: 8, max: 256 } },
        memoryGib: { min: 500 },
      },
    },
  },
  expect: {
    default: {
      'cpu.events_per_second': { reference: 8000, tolerance: '10%' },
      'burn.score': { min: 1, max: '2 points' },
    },
    c5: { 'burn.score': { within: [900, 1100] }, 'gpu.fp32_gflops': { reference: '45 TFLOPS', within: '5%' } },
  },
  requireExpectations: true,
  store: { url: 'postgres://fleetmark@db/results', password: { file: '/p' }, keep: '400d' },
  actions: {
    tell: { webhook: { url: 'https://example.com/hook', secret: { env: 'HOOK' } }, on: ['fail', 'recovered'] },
    page: { slack: { url: { file: '/p' } }, per: 'run', dryRun: true },
    drain: { command: ['/bin/drain'], undo: ['/bin/undrain'], limit: '5%', timeout: '60s', per: 'server' },
  },
};
/** The alternatives to keys of the configuration above. */
const others = {
  ...configuration,
  servers: undefined,
  store: 'postgres://db/results',
  inventory: 'hosts.txt',
  classes: {},
  expect: {},
  ssh: {
    ...{ knownHosts: '/dev/null', config: '/dev/null', jump: 'bastion', hostKeys: 'accept-new', agent: true },
    passphrase: { command: 'pass show bench' },
  },
};

/** The path of every key and every value. */
function placesIn(value: unknown, path: string[] = []): { path: string[]; isKey: boolean }[] {
  const ownEntry = path.length === 0 ? [] : [{ path, isKey: false }];
  if (typeof value !== 'object' || value === null) return ownEntry;
  return [
    ...ownEntry,
    ...Object.entries(value).flatMap(([key, inside]) => {
      const place = [...path, key];
      return [...(Array.isArray(value) ? [] : [{ path: place, isKey: true }]), ...placesIn(inside, place)];
    }),
  ];
}

/** A copy with one key or value replaced. */
function replaced(value: unknown, [step, ...rest]: string[], isKey: boolean, by: string): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return (value as unknown[]).map((item, at) => (String(at) === step ? replaced(item, rest, isKey, by) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inside]): [string, unknown] => {
      if (key !== step) return [key, inside];
      return isKey && rest.length === 0 ? [by, inside] : [key, replaced(inside, rest, isKey, by)];
    })
  );
}

describe('a hostile value is refused in printable lines, or has no effect', () => {
  test('in every position of fleetmark.yaml', async () => {
    const file = join(folderWith({ 'hosts.txt': 'web-1\n' }), 'fleetmark.yaml');
    const read = async (place: { path: string[]; isKey: boolean }, value: string, whole: object = configuration) => {
      writeFileSync(file, JSON.stringify(replaced(whole, place.path, place.isKey, value)));
      return expectInertOrRefused({ file, inventory: null });
    };
    for (const whole of [configuration, others]) {
      writeFileSync(file, JSON.stringify(whole));
      expect(await expectInertOrRefused({ file, inventory: null })).toBe('inert');
      // Longer values are covered by the random ones below.
      const short = hostileValues.filter(({ length }) => length < 1000);
      for (const place of placesIn(whole)) for (const value of short) await read(place, value, whole);
    }
    const places = placesIn(configuration);
    const known = Object.keys((configurationJsonSchema(kindsOf(catalogue)) as { properties: object }).properties);
    const used = [...Object.keys(configuration), ...Object.keys(others)];
    expect(known.filter((key) => !used.includes(key))).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), hostileValue, async (...args) => void (await read(...args))),
      {
        numRuns: 500,
      }
    );
    for (const value of hostileValues) {
      for (const path of [
        ['servers', 'web-1', 'host'],
        ['servers', 'web-1', 'user'],
        ['ssh', 'user'],
      ]) {
        expect(await read({ path, isKey: false }, value)).toBe('refused');
      }
      expect(await read({ path: ['servers', 'web-1'], isKey: true }, value)).toBe('refused');
    }
  });

  test('in every option of the output of ssh -G', () => {
    const account = { home: '/home/me', env: {}, user: 'me' };
    const asked = { host: 'web-1', port: null, user: null };
    const further = ['%h', '%x', '${HOME}', '${X', '~bob/x', 'a@b@c', 'b,-oProxyCommand=x', '#'];
    for (const name of [...followedOptions, ...refusedOptions.keys(), 'unknown']) {
      for (const value of [...hostileValues, ...further]) {
        const answer = { options: new Map([[name, [value]]]), from: 'the configuration of ssh', files: [] };
        try {
          const { host, port, user, jumps } = hostSettings(answer, asked, account, false);
          for (const each of [{ host: host ?? 'web-1', port, user }, ...jumps]) {
            expect(isHost(each.host) && (each.user === null || isUser(each.user))).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.kind).toBe('InvalidConfig');
          expect(printable(error.message, 2000).length).toBeLessThan(2000);
        }
      }
    }
  });
});
