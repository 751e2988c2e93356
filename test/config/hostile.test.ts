import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/domain/configuration.ts';
import { Failure } from '../../src/domain/failure.ts';
import { isServerId } from '../../src/domain/server.ts';
import type { ConfigurationSource, GivenInventory } from '../../src/config/configuration-source.ts';
import { isHost, isUser } from '../../src/config/host.ts';
import { readConfigurationFiles } from '../../src/config/read-configuration.ts';
import { hostileValues } from './hostile-values.ts';
import { folderWith, surroundings } from './temporary-folder.ts';

const more = [
  ...[
    '',
    ' ',
    '.',
    '..',
    '/',
    '~',
    '-',
    '--',
    '-i',
    '*',
    '!x',
    '@all',
    '#',
    'a#b',
    '::1',
    '[::1]',
    'a,b',
    'a=b',
    'a:b',
  ],
  ...[
    '\u2028',
    'a\u200bb',
    '\ufeff',
    '\u0085',
    '\ud800',
    'é',
    '0',
    '1e9',
    '0x1f',
    'true',
    '~x',
    '<<',
    '&a',
    '*a',
    '!!x y',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '{{ x }}',
    '{% x %}',
    '[1-3]',
    'a[1-999999999]',
    'a[1:3]',
    '%n%s',
    '${x}',
  ],
  ...[
    '-J evil',
    '-o ProxyCommand=x',
    '|x',
    'a|b',
    'a&b',
    'a>b',
    'a\rb',
    'a\tb',
    '"',
    "'",
    '\\',
    'a\\nb',
    'x'.repeat(20_000),
  ],
];
const hostile = [...hostileValues, ...more];
const hostileValue = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }), fc.string());

/** What reaches servers, logs, workflow ids, known_hosts and shells is what these grammars allow, and nothing else. */
function expectInert({ servers, expect: expectations, benchmarks }: Configuration): void {
  const isLine = (text: string): boolean => /^[^\p{Cc}\u2028\u2029]{0,1000}$/u.test(text);
  for (const [id, server] of servers) {
    const { serverId, keyFile, hardwareClass, groups, jumps } = server;
    expect(isServerId(id) && serverId === id).toBe(true);
    for (const { host, port, user } of [server, ...(jumps ?? [])]) {
      expect(isHost(host) && (user === null || isUser(user))).toBe(true);
      expect(port === null || (Number.isInteger(port) && port >= 1 && port <= 65535)).toBe(true);
    }
    expect(keyFile === null || (keyFile.startsWith('/') && keyFile.length < 2000 && !/\p{C}/u.test(keyFile))).toBe(
      true
    );
    for (const name of [hardwareClass, ...groups]) expect(name).toMatch(/^[\w.-]{1,100}$/);
  }
  for (const hardwareClass of Object.keys(expectations)) expect(isLine(hardwareClass)).toBe(true);
  for (const { benchmark, command } of benchmarks) {
    expect(benchmark).toMatch(/^[a-z][a-z0-9_-]{0,39}$/);
    for (const { metric, unit } of command?.metrics ?? []) {
      expect(metric).toMatch(/^[a-z][a-z0-9_-]{0,39}\.[a-z][a-z0-9_-]{0,39}$/);
      expect(isLine(unit)).toBe(true);
    }
  }
}

/** Reads it, and checks what comes of it: an inert configuration, or a refusal of few, short, printable lines. */
async function expectInertOrRefused(source: ConfigurationSource): Promise<'inert' | 'refused'> {
  try {
    const { configuration } = await readConfigurationFiles(source, surroundings);
    expectInert(configuration);
    return 'inert';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.kind).toBe('InvalidConfig');
    const lines = error.message.split('\n');
    expect(lines.length).toBeLessThanOrEqual(21);
    for (const line of lines) expect(line).toMatch(/^\P{C}{1,800}$/u);
    return 'refused';
  }
}

const hostKey = `SHA256:${'A'.repeat(43)}`;
const configuration = {
  servers: {
    'web-1': { host: '10.0.0.11', port: 2222, user: 'bench', key: 'keys/web', hostKey, jump: 'a@b:22' },
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
  quiet: { cpu: '20%', gpuProcesses: 0, otherLoad: '15%', steal: 'off', throttling: 0 },
  benchmarks: {
    cpu: { samples: 3, duration: '10s', timeout: '60s' },
    burn: {
      command: '/opt/burn',
      silence: '9s',
      metrics: { score: { pattern: '(.*)', unit: 'points', better: 'higher' } },
    },
  },
  expect: {
    default: { 'cpu.events_per_second': { reference: 8000, tolerance: '10%' }, 'burn.score': { min: 1, max: 2 } },
  },
};

/** Every value and every key in there, by its place. */
function placesIn(value: unknown, path: string[] = []): { path: string[]; isKey: boolean }[] {
  const here = path.length === 0 ? [] : [{ path, isKey: false }];
  if (typeof value !== 'object' || value === null) return here;
  return [
    ...here,
    ...Object.entries(value).flatMap(([key, inside]) => {
      const place = [...path, key];
      return [...(Array.isArray(value) ? [] : [{ path: place, isKey: true }]), ...placesIn(inside, place)];
    }),
  ];
}

/** A copy with something else in one place. */
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

describe('a hostile value is refused in printable lines, or is inert', () => {
  const timeout = 120_000;

  test('in every place of fleetmark.yaml', { timeout }, async () => {
    const file = join(folderWith({}), 'fleetmark.yaml');
    const read = async (place: { path: string[]; isKey: boolean }, value: string) => {
      writeFileSync(file, JSON.stringify(replaced(configuration, place.path, place.isKey, value)));
      return expectInertOrRefused({ file, inventory: null });
    };
    writeFileSync(file, JSON.stringify(configuration));
    expect(await expectInertOrRefused({ file, inventory: null })).toBe('inert');
    const places = placesIn(configuration);
    expect(places.length).toBeGreaterThan(70);
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

  /** As they are written, and where a format has quotes, in them. */
  const inventories: Record<string, (value: string) => string> = {
    'ini-host.ini': (value) => `[web]\n${value}\n`,
    'ini-word.ini': (value) => `[web]\nweb-1 ansible_port=22 ${value}\n`,
    'ini-section.ini': (value) => `[${value}]\nweb-1\n`,
    'ini-kind.ini': (value) => `[web:${value}]\nweb-1\n`,
    'ini-child.ini': (value) => `[web:children]\n${value}\n`,
    'ini-name.ini': (value) => `[web]\nweb-1\n[web:vars]\n${value}=1\n`,
    ...Object.fromEntries(
      [
        'host',
        'port',
        'user',
        'ssh_private_key_file',
        'ssh_common_args',
        'connection',
        'group_priority',
        'password',
      ].flatMap((name) => [
        [`ini-${name}.ini`, (value: string) => `[web]\nweb-1 ansible_${name}=${value}\n`],
        [
          `ini-${name}-quoted.ini`,
          (value: string) => `[web]\nweb-1\n[web:vars]\nansible_${name}=${JSON.stringify(value)}\n`,
        ],
        [`yaml-${name}.yml`, (value: string) => `web:\n  hosts:\n    web-1:\n      ansible_${name}: ${value}\n`],
        [
          `yaml-${name}-quoted.yml`,
          (value: string) => `web:\n  hosts:\n    web-1: { ansible_${name}: ${JSON.stringify(value)} }\n`,
        ],
        [
          `json-${name}.json`,
          (value: string) =>
            JSON.stringify({ _meta: { hostvars: { w: { [`ansible_${name}`]: value } } }, web: { hosts: ['w'] } }),
        ],
      ])
    ),
    'yaml-host.yml': (value) => `web:\n  hosts:\n    ${value}:\n    ${JSON.stringify(value)}: {}\n`,
    'yaml-group.yml': (value) => `${value}:\n  hosts: { web-1: }\n`,
    'yaml-quoted-group.yml': (value) => `${JSON.stringify(value)}:\n  children: { web: { hosts: { web-1: } } }\n`,
    'yaml-section.yml': (value) => `web: { ${JSON.stringify(value)}: { web-1: }, hosts: { web-2: } }\n`,
    'json-host.json': (value) => JSON.stringify({ _meta: { hostvars: {} }, web: { hosts: [value] } }),
    'json-variables.json': (value) => JSON.stringify({ _meta: { hostvars: { [value]: {} } }, web: { hosts: ['w'] } }),
    'json-group.json': (value) => JSON.stringify({ _meta: {}, [value]: { hosts: ['w'] } }),
    'json-child.json': (value) => JSON.stringify({ _meta: {}, all: { children: [value] }, web: { hosts: ['w'] } }),
    'json-text.json': (value) => `{"web": ${value}}`,
    'list.txt': (value) => `web-1\n${value}\n`,
    'list-user.txt': (value) => `${value}@web-1\n`,
    'list-port.txt': (value) => `web-1:${value}\n`,
    any: (value) => value,
  };
  const names = Object.keys(inventories);

  test('in every place of every format of an inventory', { timeout }, async () => {
    const folder = folderWith({});
    const read = async (name: string, value: string) => {
      const path = join(folder, name);
      writeFileSync(path, inventories[name]!(value));
      return expectInertOrRefused({ file: null, inventory: { kind: 'file', written: name, path } });
    };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), hostileValue, async (...args) => void (await read(...args))),
      { numRuns: 800 }
    );
    for (const value of hostileValues.filter((each) => !/^a[ \n]b$/.test(each))) {
      for (const name of [
        'yaml-host-quoted.yml',
        'yaml-user-quoted.yml',
        'json-host.json',
        'json-user.json',
        'list.txt',
      ]) {
        expect([name, value.slice(0, 20), await read(name, value)]).toEqual([name, value.slice(0, 20), 'refused']);
      }
    }
  });

  test('as an inventory on the command line, and as its name', { timeout }, async () => {
    const given = (value: string): GivenInventory[] => [
      { kind: 'file', written: value, path: `/nowhere/${value}` },
      { kind: 'list', written: value, text: value.replaceAll(',', '\n') },
      { kind: 'standard input', written: '-', text: value },
    ];
    for (const value of hostile) {
      for (const inventory of given(value)) await expectInertOrRefused({ file: null, inventory });
    }
  });

  test('as bytes that are no text', async () => {
    for (const bytes of [
      [0xff, 0xfe],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0x61, 0x80],
    ]) {
      const folder = folderWith({ 'h.ini': Uint8Array.from(bytes), 'f.yaml': Uint8Array.from(bytes) });
      const path = join(folder, 'h.ini');
      expect(await expectInertOrRefused({ file: null, inventory: { kind: 'file', written: 'h.ini', path } })).toBe(
        'refused'
      );
      expect(await expectInertOrRefused({ file: join(folder, 'f.yaml'), inventory: null })).toBe('refused');
    }
  });
});
