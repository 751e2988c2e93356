import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failures/failure.ts';
import { isServerId } from '../../src/domain/servers/server.ts';
import type { ConfigurationSource, GivenInventory } from '../../src/config/configuration-source.ts';
import { readConfigurationFiles } from '../../src/config/read-configuration.ts';
import type { Surroundings } from '../../src/source/surroundings.ts';
import { problems, problemsOf, read, readConfiguration, surroundings } from '../support/read-configuration.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { hostileValues } from '../support/hostile-values.ts';

const one = 'servers: { web-1: }\n';

test.each([
  ['ssh: { passphrase: {hunter2: a, hunter2: b} }', 'ssh.passphrase: must have a file or a command'],
  ['ssh: { passphrase: {hunter2: a} }', 'ssh.passphrase: must have a file or a command'],
  ['ssh: { passphrase: *hunter2 }', 'ssh.passphrase: must have a file or a command'],
  ['ssh: { passphrase: !hunter2 x }', 'unknown tag'],
  ['ssh: { password: {hunter2: a, hunter2: b} }', 'ssh.password: unknown key'],
  ['ssh: { password: *hunter2 }', 'ssh.password: unknown key'],
])('%s is refused without the secret', async (text, expected) => {
  const found = (await problems(`servers: { a: }\n${text}\n`)).join('\n');
  expect(found).toContain(expected);
  expect(found).not.toContain('hunter2');
});

test.each(['cpu', 'gpu', 'burn'])(
  'a removed key of the benchmark %s is refused with what to do instead',
  async (name) => {
    const text = `${one}benchmarks: { ${name}: { openclCpuDevices: false } }`;
    expect((await problems(text)).join('\n')).toContain(
      'set FLEETMARK_OPENCL_CPU_DEVICES=1 in the environment of the worker'
    );
  }
);

test('all spellings of an IPv6 address are the same host', async () => {
  const { servers } = await read(
    'servers: { a: { host: "0:0::1" }, b: { host: "::0001" }, c: { host: "::FFFF:C000:0201" } }'
  );
  expect([...servers.values()].map(({ host }) => host)).toEqual(['::1', '::1', '::ffff:192.0.2.1']);
});

test('only an inventory is required; all other keys have defaults', async () => {
  const configuration = await read('inventory: hosts.txt', { files: { 'hosts.txt': 'web-1\nroot@10.0.0.2:2222\n' } });
  const common = { keyFile: null, hostKey: null, jumps: null, hardwareClass: 'default', groups: [] };
  expect([...configuration.servers]).toMatchObject([
    ['web-1', { serverId: 'web-1', host: 'web-1', port: null, user: null, ...common }],
    ['10.0.0.2', { serverId: '10.0.0.2', host: '10.0.0.2', port: 2222, user: 'root', ...common }],
  ]);
  expect(configuration.ssh).toEqual({
    knownHostsFiles: ['/nonexistent/home/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'],
    hostKeys: 'strict',
    passphrase: null,
    agentSocket: '/run/agent.sock',
    connectTimeoutMs: 10_000,
    giveUpAfterMs: 60_000,
    answerTimeoutMs: 60_000,
  });
  expect(configuration.sshConfig).toEqual({ file: true, knownHosts: false, agent: false });
  expect(configuration.maxParallel).toBe(5);
  const shares = { cpu: 0.2, otherLoad: 0.15, steal: 0.05, unused: 0.1 };
  expect(configuration.quiet).toEqual({ ...shares, gpuProcesses: 0, throttling: 0 });
  const tool = { samples: 3, durationMs: 10_000, command: null, openclCpuDevices: false, devices: null };
  expect(configuration.benchmarks).toEqual([
    { benchmark: 'cpu', timeoutMs: 60_000, silenceMs: null, ...tool },
    { benchmark: 'gpu', timeoutMs: 300_000, silenceMs: null, ...tool },
  ]);
  expect(configuration.expect).toEqual({ default: {} });
  expect([configuration.classes, configuration.requireExpectations]).toEqual([[], false]);
});

test('all written values are used', async () => {
  const text = `
servers:
  web-2: { host: 10.0.0.12, port: 2222, user: root, key: keys/web, jump: [me@b-1, 'b-2:23'], hostKey: 'SHA256:MzMutT0BaoJDrhtwWr+NVuZrtP1s6FSqw/4mrC60fRk' }
  '10': { host: web.example.com, jump: none }
  web-1:
ssh: { user: bench, key: ~/.ssh/bench, knownHosts: [known, ~/.ssh/known], connectTimeout: 1s500ms, giveUpAfter: 2m, answerTimeout: 90s, agent: ./sock, jump: b-3, config: known, hostKeys: accept-new, passphrase: { file: ./secret } }
maxParallel: 50
quiet: { cpu: 0.5, gpuProcesses: off, otherLoad: 30%, steal: false, unused: 25%, throttling: 12 }
benchmarks:
  gpu: { samples: 5, devices: { vendor: nvidia, model: '*A100*' } }
  burn: { command: '/opt/burn --quick', loadsAllCpus: true, timeout: 90s, metrics: { score: { pattern: 'score: (\\S+)', unit: points, better: lower } } }
  cpu: { duration: 30s }
expect:
  default: { cpu.events_per_second: { reference: 8000, tolerance: 10% }, burn.score: { min: 1, max: 9, tolerance: 0.2 }, gpu.devices: { min: 8 } }
`;
  const folder = folderWith({ 'home/.ssh/known': '', known: '', 'fleetmark.yaml': text });
  const file = `${folder}/fleetmark.yaml`;
  const configuration = await readConfiguration(file, { ...surroundings, home: `${folder}/home` });
  const jump = { host: 'b-3', port: null, user: null };
  const common = { port: null, user: 'bench', hostKey: null, jumps: [jump], hardwareClass: 'default', groups: [] };
  const bench = { ...common, keyFile: `${folder}/home/.ssh/bench` };
  const two = [
    { host: 'b-1', port: null, user: 'me' },
    { host: 'b-2', port: 23, user: null },
  ];
  const hostKey = 'SHA256:MzMutT0BaoJDrhtwWr+NVuZrtP1s6FSqw/4mrC60fRk';
  const web = { host: '10.0.0.12', port: 2222, user: 'root', keyFile: `${folder}/keys/web`, jumps: two, hostKey };
  expect([...configuration.servers.values()]).toMatchObject([
    { ...bench, serverId: 'web-2', ...web },
    { ...bench, serverId: '10', host: 'web.example.com', jumps: [] },
    { ...bench, serverId: 'web-1', host: 'web-1' },
  ]);
  expect(configuration).toMatchObject({
    file,
    maxParallel: 50,
    sshConfig: { file: `${folder}/known`, knownHosts: true, agent: true },
    quiet: { cpu: 0.5, gpuProcesses: null, otherLoad: 0.3, steal: null, unused: 0.25, throttling: 12 },
    ssh: {
      knownHostsFiles: [`${folder}/known`, `${folder}/home/.ssh/known`],
      hostKeys: 'accept-new',
      passphrase: { file: `${folder}/secret` },
      agentSocket: `${folder}/sock`,
      connectTimeoutMs: 1500,
      giveUpAfterMs: 120_000,
      answerTimeoutMs: 90_000,
    },
    benchmarks: [
      { benchmark: 'gpu', samples: 5, devices: { vendor: 'nvidia', model: '*A100*' } },
      {
        benchmark: 'burn',
        samples: 1,
        timeoutMs: 90_000,
        command: { command: '/opt/burn --quick', loadsAllCpus: true },
      },
      { benchmark: 'cpu', samples: 3, durationMs: 30_000, timeoutMs: 120_000 },
    ],
    expect: {
      default: {
        'cpu.events_per_second': { reference: 8000, tolerance: 0.1 },
        'burn.score': { min: 1, max: 9, tolerance: 0.2 },
      },
    },
  });
  const source = { kind: 'pattern', pattern: 'score: (\\S+)', list: null };
  const defaults = { take: 'once', device: null, file: null, part: null, absent: 'error' };
  const metric = { metric: 'burn.score', unit: 'points', better: 'lower', source, ...defaults };
  const exit = { meanings: {}, others: 'error' };
  const output = { read: 'stdout', keep: null, metrics: [metric], require: [], faults: [], exit, firstGpu: null };
  expect(configuration.benchmarks[1]!.command!.output).toEqual(output);
});

test('a command that replaces the tools also replaces their metrics, samples and timeout', async () => {
  const cpu = "benchmarks: { cpu: { command: 'echo 1', metrics: { score: { pattern: '(.*)', unit: points } } } }\n";
  const configuration = await read(`${one}${cpu}expect: { default: { cpu.score: { min: 1 } } }`);
  expect(configuration.benchmarks).toMatchObject([{ benchmark: 'cpu', samples: 1, timeoutMs: 600_000 }]);
  expect(await problems(`${one}${cpu}expect: { default: { cpu.events_per_second: { min: 1 } } }`)).toEqual([
    'fleetmark.yaml:3:22: expect.default.cpu.events_per_second: no benchmark measures this; cpu measures cpu.score',
  ]);
});

test('all problems are reported at once, each with its position and the nearest valid word', async () => {
  const text = `servers:
  web-1:
  web-2: { host: 10.0.0.1, prot: 22, class: x }
benchmarks:
  cpu: { sampels: 3, duration: 10 }
  gup: {}
  burn: { command: x, metrics: { score: { pattern: '(', unit: p, beter: higher } } }
expect:
  default: { gpu.x: { min: 1 }, cpu.events_per_second: { reference: 5, tolerance: 10 } }
  h100x8: {}
maxParalel: 3
`;
  expect(await problems(text)).toEqual([
    'fleetmark.yaml:3:28: servers.web-2.prot: unknown key; did you mean "port"?',
    'fleetmark.yaml:5:10: benchmarks.cpu.sampels: unknown key; did you mean "samples"?',
    'fleetmark.yaml:5:32: benchmarks.cpu.duration: needs a unit: 10s or 10m',
    'fleetmark.yaml:6:3: benchmarks.gup: needs a command; only cpu and gpu work without one; did you mean "gpu"?',
    'fleetmark.yaml:7:52: benchmarks.burn.metrics.score.pattern: is not a valid regular expression: Unterminated group',
    'fleetmark.yaml:7:66: benchmarks.burn.metrics.score.beter: unknown key; did you mean "better"?',
    'fleetmark.yaml:9:14: expect.default.gpu.x: gpu is not among the benchmarks (cpu, gup, burn)',
    'fleetmark.yaml:9:83: expect.default.cpu.events_per_second.tolerance: must be below 100 %, or everything passes; write 10% or 0.1',
    'fleetmark.yaml:11:1: maxParalel: unknown key; did you mean "maxParallel"?',
  ]);
});

describe('each of these is refused in one line', () => {
  const benchmark = (text: string) => `${one}benchmarks: { ${text} }`;
  const expected = (text: string) => `${one}expect: { default: { ${text} } }`;
  const metrics = "metrics: { score: { pattern: '(.)', unit: x } }";
  test.each(
    [
      ['', '1:1: is empty; begin with "servers:" or "inventory: hosts.txt"'],
      ['- web-1', '1:1: must be a map of keys and values, not a list; begin with "servers:" or "inventory: hosts.txt"'],
      [
        'web-1',
        '1:1: must be a map of keys and values, not the string "web-1"; begin with "servers:" or "inventory: hosts.txt"',
      ],
      ['servers: "x', '1:12: not valid YAML: missing closing quote "'],
      ['maxParallel: 1', '1:1: has no servers; add "servers:" or "inventory: hosts.txt"'],
      ['sevrers: { a: }', '1:1: sevrers: unknown key; did you mean "servers"?'],
      ['servers: {}', '1:10: servers: must contain at least one server'],
      ['servers:', '1:1: servers: is empty; it must be a map of keys and values'],
      ['servers: [web-1]', '1:10: servers: must be a map of keys and values, not a list'],
      ['servers: { web-1: 10.0.0.1 }', '1:19: servers.web-1: must be a map such as { host: 10.0.0.11 }, or empty'],
      ['servers: { a: , a: }', '1:17: servers.a: duplicate key'],
      ['servers: { a: { groups: x } }', '1:25: servers.a.groups: must be a list, not the string "x"'],
      ['servers: { a: { class: 100 } }', '1:24: servers.a.class: must be a string, not 100; quote it'],
      ['servers: { 10: }', '1:12: servers.10: is not a host name; add a host'],
      ['servers: { "a[3-1]": }', '1:12: servers."a[3-1]": "a[3-1]": "3-1" ends before it begins'],
      ['servers: { "a[1-3]": { host: b } }', '1:12: servers."a[1-3]": has 3 servers, but 1 hosts'],
      ['servers: { "a[1-3]": { host: "10.0.0.[1-2]" } }', '1:12: servers."a[1-3]": has 3 servers, but 2 hosts'],
      ['servers: { "a [1-3]": }', '1:12: servers."a [1-3]": "a 1" is not a valid server id'],
      ['servers: { "a[1-3]": { host: "-o[1-3]" } }', '1:12: servers."a[1-3]": "-o1" is not a host name'],
      ['servers: { a2: , "a[1-3]": }', '1:18: servers."a[1-3]": duplicate server a2, also in a2'],
      ['servers: { "a[0-99999]": , b: , c: }', '1:28: servers.b: more than 100000 servers'],
      [
        'servers: { "bench:hunter2@a": }',
        '1:12: servers."bench:***@a": is not a valid server id: letters, digits, ".", "_" and "-", beginning with a letter, a digit or "_", at most 100 bytes',
      ],
      [
        'servers: { a: { jump: "bench:hunter2@b" } }',
        '1:23: servers.a.jump: contains "bench:***@b", which is not a jump host such as bench@bastion:2222',
      ],
      ['servers: { a: { port: 0 } }', '1:23: servers.a.port: must be at least 1, not 0'],
      ['servers: { a: { port: 65536 } }', '1:23: servers.a.port: must be at most 65535, not 65536'],
      ['servers: { a: { port: 22.5 } }', '1:23: servers.a.port: must be a whole number, not 22.5'],
      ['servers: { a: { port: "22" } }', '1:23: servers.a.port: must be a number, not the string "22"'],
      ['servers: { a: { user: root@ } }', '1:23: servers.a.user: is not a valid user name'],
      ['inventory: hosts.txt\nservers: { a: }', '1:12: inventory: cannot be combined with servers; keep one of them'],
      ['inventory: nowhere.txt', '1:12: inventory: nowhere.txt does not exist'],
      ['inventory: /', '1:12: inventory: / is a folder, not a file'],
      [`${one}maxParallel: 0`, '2:14: maxParallel: must be at least 1, not 0'],
      [`${one}maxParallel: 1001`, '2:14: maxParallel: must be at most 1000, not 1001'],
      [`${one}maxParallel: .inf`, '2:14: maxParallel: must be a number, not Infinity'],
      [
        `${one}quiet: { cpu: 120% }`,
        '2:15: quiet.cpu: must be below 100 %, or everything passes; write 10% or 0.1, or off',
      ],
      [`${one}quiet: { steal: true }`, '2:17: quiet.steal: must be a percentage such as 5%, or off'],
      [`${one}quiet: { gpuProcesses: -1 }`, '2:24: quiet.gpuProcesses: must be at least 0, not -1'],
      [`${one}quiet: { throttling: on }`, '2:22: quiet.throttling: must be a number such as 0, or off'],
      [`${one}quiet: { stael: 5% }`, '2:10: quiet.stael: unknown key; did you mean "steal"?'],
      [`${one}ssh:`, '2:1: ssh: is empty; it must be a map of keys and values'],
      [`${one}ssh: { connectTimeout: 10 }`, '2:24: ssh.connectTimeout: needs a unit: 10s or 10m'],
      [
        `${one}ssh: { connectTimeout: 1d }`,
        '2:24: ssh.connectTimeout: must be a duration such as 10s, 2m, 1h30m or 500ms',
      ],
      [`${one}ssh: { connectTimeout: 1h }`, '2:24: ssh.connectTimeout: must be from 100ms to 10m'],
      [
        `${one}ssh: { knownHosts: [/nowhere/known_hosts] }`,
        '2:21: ssh.knownHosts[0]: /nowhere/known_hosts does not exist',
      ],
      [`${one}ssh: { knownHosts: [] }`, '2:20: ssh.knownHosts: must not be empty'],
      [`${one}ssh: { agent: 5 }`, '2:15: ssh.agent: must be true, false, or the path of a socket'],
      [`${one}ssh: { hostKeys: no }`, '2:18: ssh.hostKeys: must be strict or accept-new'],
      [
        `${one}ssh: { hostKeys: acept-new }`,
        '2:18: ssh.hostKeys: must be strict or accept-new; did you mean "accept-new"?',
      ],
      [
        `${one}ssh: { hostKeys: accept-new, knownHosts: [/nowhere/a, /nowhere/b] }`,
        '2:55: ssh.knownHosts[1]: /nowhere/b does not exist',
      ],
      ...['{}', '{ file: x, command: y }', 'hunter2'].map((passphrase): [string, string] => [
        `${one}ssh: { passphrase: ${passphrase} }`,
        '2:20: ssh.passphrase: must have a file or a command, such as { file: ~/.ssh/passphrase } or { command: pass show bench }',
      ]),
      [
        'servers: { a: { hostKey: MD5:36:6a:55:f1:10:ea:0b:ee:c0:0d:a1:15:9c:6f:63:57 } }',
        '1:26: servers.a.hostKey: is an MD5 fingerprint, which can be forged; use the SHA256 fingerprint that ssh-keygen -lf shows',
      ],
      ...['SHA256:MzMutT0BaoJDrhtwWr', 'SHA256:MzMutT0BaoJDrhtwWr+NVuZrtP1s6FSqw/4mrC60fRl', 'ssh-ed25519 AAAA'].map(
        (hostKey): [string, string] => [
          `servers: { a: { hostKey: ${hostKey} } }`,
          '1:26: servers.a.hostKey: must be a fingerprint as ssh-keygen -lf shows it: SHA256: and 43 characters of base64',
        ]
      ),
      [`${one}benchmarks: {}`, '2:13: benchmarks: must contain at least one benchmark'],
      [`${one}benchmarks: [cpu]`, '2:13: benchmarks: must be a map of keys and values, not a list'],
      [benchmark('CPU: {}'), '2:15: benchmarks.CPU: is not a valid name: a-z, 0-9, "_" and "-", at most 40 characters'],
      [benchmark('cpu: { samples: 0 }'), '2:31: benchmarks.cpu.samples: must be at least 1, not 0'],
      [benchmark('cpu: { duration: 1500ms }'), '2:32: benchmarks.cpu.duration: must be in whole seconds'],
      [benchmark('cpu: { timeout: 10s }'), '2:31: benchmarks.cpu.timeout: must be longer than one sample (10s)'],
      [
        benchmark('gpu: { openclCpuDevices: true }'),
        '2:22: benchmarks.gpu.openclCpuDevices: unknown key; remove it, and set FLEETMARK_OPENCL_CPU_DEVICES=1 in the environment of the worker',
      ],
      [benchmark('cpu: { loadsAllCpus: true }'), '2:22: benchmarks.cpu.loadsAllCpus: only applies to a command'],
      [
        benchmark('cpu: { devices: { vendor: amd } }'),
        '2:22: benchmarks.cpu.devices: only applies to the tools of gpu',
      ],
      [benchmark('gpu: { devices: {} }'), '2:31: benchmarks.gpu.devices: must have a vendor or a model'],
      [
        benchmark('gpu: { devices: { vendor: nvdia } }'),
        '2:41: benchmarks.gpu.devices.vendor: must be nvidia or amd or intel; did you mean "nvidia"?',
      ],
      [benchmark(`cpu: { ${metrics} }`), '2:15: benchmarks.cpu: has metrics, but no command; remove them, or add one'],
      [benchmark('burn: {}'), '2:15: benchmarks.burn: needs a command; only cpu and gpu work without one'],
      [benchmark(`burn: { command: '  ', ${metrics} }`), '2:32: benchmarks.burn.command: must not be empty'],
      [
        benchmark('burn: { command: x }'),
        "2:15: benchmarks.burn: needs metrics that extract numbers from its output, such as { score: { pattern: 'score: (\\S+)', unit: points } }",
      ],
      [
        benchmark(`burn: { command: x, duration: 10s, ${metrics} }`),
        '2:35: benchmarks.burn.duration: does not apply to a command; limit it with "timeout"',
      ],
      [
        benchmark("burn: { command: x, metrics: { score: { pattern: '*', unit: x } } }"),
        '2:64: benchmarks.burn.metrics.score.pattern: is not a valid regular expression: Nothing to repeat',
      ],
      ...(
        [
          ['{ unit: x }', '2:53', ': must have one of pattern, json, yaml, table: where the number is'],
          ["{ pattern: '(.)', json: $.a, unit: x }", '2:71', '.json: cannot be used together with pattern'],
          [
            "{ pattern: '(?<unit>.)', unit: x }",
            '2:64',
            '.pattern: must have a group (?<value>...) for the number, since it has other named groups',
          ],
          [
            "{ pattern: '(?<list>.)', unit: x }",
            '2:64',
            '.pattern: must be used with "split" and "each", since it has a list',
          ],
          ["{ pattern: '(.)', split: a, unit: x }", '2:71', '.split: needs "each", the pattern of one part'],
          ["{ pattern: '(.)', each: a, unit: x }", '2:71', '.each: needs "split", the text between two parts'],
          [
            "{ pattern: '(.)', take: each, unit: x }",
            '2:71',
            '.take: needs to know the devices: "device", or a group (?<device>...)',
          ],
          [
            "{ pattern: '(.)', take: frist, unit: x }",
            '2:77',
            '.take: must be once or first or last or each or min or max or count; did you mean "first"?',
          ],
          [
            "{ pattern: '(.)', device: row, unit: x }",
            '2:71',
            '.device: has rows and columns only in a table or a document',
          ],
          ["{ json: '$.a[', unit: x }", '2:61', '.json: is not a valid JSONPath (RFC 9535) at character 5'],
          ['{ table: {}, unit: x }', '2:62', '.table: must have either a header or a title'],
          [
            "{ table: { header: '(' }, unit: x }",
            '2:72',
            '.table.header: is not a valid regular expression: Unterminated group',
          ],
          [
            '{ json: $.a, file: ../a, unit: x }',
            '2:72',
            '.file: must be a file in the folder of the command, such as `result.json`',
          ],
        ] as const
      ).map(([metric, place, problem]): [string, string] => [
        benchmark(`burn: { command: x, metrics: { score: ${metric} } }`),
        `${place}: benchmarks.burn.metrics.score${problem}`,
      ]),
      [benchmark(`cpu: { read: both }`), '2:22: benchmarks.cpu.read: only applies to a command'],
      [
        benchmark(`burn: { command: x, require: ['('], ${metrics} }`),
        '2:45: benchmarks.burn.require[0]: is not a valid regular expression: Unterminated group',
      ],
      [
        benchmark(`burn: { command: x, faults: [{ pattern: '(', says: x }], ${metrics} }`),
        '2:55: benchmarks.burn.faults[0].pattern: is not a valid regular expression: Unterminated group',
      ],
      [
        benchmark(`burn: { command: x, faults: [{ says: x }], ${metrics} }`),
        '2:44: benchmarks.burn.faults[0]: must have either a pattern or json',
      ],
      [
        benchmark(`burn: { command: x, faults: [{ pattern: a, device: b, says: x }], ${metrics} }`),
        '2:58: benchmarks.burn.faults[0].device: is for json; a pattern has a group (?<device>...)',
      ],
      [
        benchmark(`burn: { command: x, exit: { 1x: ok }, ${metrics} }`),
        '2:43: benchmarks.burn.exit.1x: must be "any", or a number from 0 to 255 but 129 to 159, which are signals',
      ],
      [
        benchmark("burn: { command: x, metrics: { score: { pattern: '(.)' } } }"),
        '2:53: benchmarks.burn.metrics.score.unit: is missing',
      ],
      [
        benchmark("burn: { command: x, metrics: { score: { pattern: '(.)', unit: x, better: hihger } } }"),
        '2:88: benchmarks.burn.metrics.score.better: must be higher or lower; did you mean "higher"?',
      ],
      [
        expected('cpu.events: { min: 1 }'),
        '2:22: expect.default.cpu.events: no benchmark measures this; cpu measures cpu.events_per_second, cpu.sha256_bytes_per_second',
      ],
      [
        expected('cpu.events_per_secnd: { min: 1 }'),
        '2:22: expect.default.cpu.events_per_secnd: no benchmark measures this; did you mean "cpu.events_per_second"?',
      ],
      [
        expected('burn.score: { min: 1 }'),
        '2:22: expect.default.burn.score: burn is not among the benchmarks (cpu, gpu)',
      ],
      [expected('score: { min: 1 }'), '2:22: expect.default.score: is not a metric name such as cpu.events_per_second'],
      [
        expected('gpu.devices: {}'),
        '2:22: expect.default.gpu.devices: expects nothing; give a reference, a min or a max',
      ],
      [
        expected('gpu.devices: { tolerance: 5% }'),
        '2:22: expect.default.gpu.devices: expects nothing; give a reference, a min or a max',
      ],
      [expected('gpu.devices: { min: 2, max: 1 }'), '2:22: expect.default.gpu.devices: has a min above its max: 2 > 1'],
      [
        expected('gpu.devices: { reference: 8, min: 8 }'),
        '2:22: expect.default.gpu.devices: has a reference and bounds; give a reference, or min and max',
      ],
      [
        expected('gpu.devices: { reference: 0 }'),
        '2:22: expect.default.gpu.devices: has a reference that is not above 0; give a min or a max',
      ],
      [
        expected('gpu.devices: { min: .nan }'),
        '2:42: expect.default.gpu.devices.min: must be a number, with or without a unit, such as 45 TFLOPS',
      ],
      [
        expected('gpu.devices: { min: 8 GPUs }'),
        '2:42: expect.default.gpu.devices.min: has the unit GPUs; gpu.devices is in devices',
      ],
      [
        expected('gpu.devices: { reference: 8, tolerance: 100% }'),
        '2:62: expect.default.gpu.devices.tolerance: must be below 100 %, or everything passes; write 10% or 0.1',
      ],
      [
        expected('gpu.devices: { reference: 8, tolerance: -1% }'),
        '2:62: expect.default.gpu.devices.tolerance: must be a percentage such as 10%, or a fraction such as 0.1',
      ],
      [
        expected('gpu.devices: { reference: 8, tolerance: -0.1 }'),
        '2:62: expect.default.gpu.devices.tolerance: must be a percentage such as 10%, or a fraction such as 0.1',
      ],
    ].filter(([, message]) => message !== '')
  )('%j', async (text, message) => {
    expect(await problems(text)).toEqual([`fleetmark.yaml:${message}`]);
  });
});

describe('hostile values are refused in printable lines', () => {
  test.each([
    ['id', (value: string) => `servers: { ${JSON.stringify(value)}: { host: a } }`],
    ['host', (value: string) => `servers: { a: { host: ${JSON.stringify(value)} } }`],
    ['user', (value: string) => `servers: { a: { user: ${JSON.stringify(value)} } }`],
    ['hostKey', (value: string) => `servers: { a: { hostKey: ${JSON.stringify(value)} } }`],
    ['passphrase', (value: string) => `${one}ssh: { passphrase: ${JSON.stringify(value)} }`],
    ['key', (value: string) => `${one}? ${JSON.stringify(value)}\n: 1`],
    ['benchmark', (value: string) => `${one}benchmarks: { ? ${JSON.stringify(value)} : {} }`],
    ['metric', (value: string) => `${one}expect: { default: { ? ${JSON.stringify(value)} : { min: 1 } } }`],
  ])('as %s', async (_, text) => {
    for (const value of hostileValues) {
      const lines = await problems(text(value));
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/^\P{C}{1,400}$/u);
    }
  });
});

test('at most twenty problems are shown', async () => {
  const servers = Array.from({ length: 10_000 }, (_, index) => `  web-${index}: { host: 'a b', prot: 1 }\n`).join('');
  const lines = await problems(`servers:\n${servers}`);
  expect(lines).toHaveLength(21);
  expect([lines[0], lines.at(-1)]).toEqual([
    'fleetmark.yaml:2:18: servers.web-0.host: must be a host name or an IP address; port and user are separate keys',
    '... and 19980 more',
  ]);
});

test('a mistake in the inventory has its line in the inventory', async () => {
  const files = { 'lists/hosts.txt': 'web-1\n\nweb 2\nweb-1\n' };
  expect(await problems('inventory: lists/hosts.txt\nmaxParallel: 0', { files })).toEqual([
    'fleetmark.yaml:2:14: maxParallel: must be at least 1, not 0',
    'lists/hosts.txt:3: "web ..." is more than one word; write one user@host:port per line',
    'lists/hosts.txt:4: duplicate server web-1, first on line 1',
  ]);
  expect(await problems('inventory: hosts.txt', { files: { 'hosts.txt': '# none\n' } })).toEqual([
    'fleetmark.yaml:1:12: inventory: hosts.txt contains no servers',
  ]);
});

test('a missing file is refused with advice that works', async () => {
  const folder = folderWith({ 'hosts.txt': 'web-1\n' });
  await expect(readConfiguration(`${folder}/fleetmark.yaml`, surroundings)).rejects.toThrow(
    /fleetmark\.yaml does not exist; create it with the line "inventory: hosts.txt", and a hosts.txt beside it with one host per line, or use --inventory hosts\.txt\.$/
  );
  expect((await read('inventory: hosts.txt', { files: { 'hosts.txt': 'web-1\n' } })).servers.size).toBe(1);
});

test('a folder, or a file that is not UTF-8, is refused in one sentence', async () => {
  const folder = folderWith({ 'binary.yaml': new Uint8Array([0xff, 0xfe, 0x80]) });
  await expect(readConfiguration(folder, surroundings)).rejects.toThrow(/ is a folder, not a file$/);
  await expect(readConfiguration(`${folder}/binary.yaml`, surroundings)).rejects.toThrow(/ is not valid UTF-8$/);
});

test.each(['knownHosts', 'config'])('a pipe as ssh.%s is refused, even without a writer', async (key) => {
  const folder = folderWith({});
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  expect((await problems(`${one}ssh: { ${key}: ${folder}/pipe }`)).join()).toMatch(/pipe is a pipe, not a file$/);
});

describe('defaults of the login', () => {
  test('agent: false disables the ssh-agent', async () => {
    const home = folderWith({ '.ssh/id_rsa': '' });
    const { servers, ssh } = await read(`${one}ssh: { agent: false }`, { home });
    expect([servers.get('web-1')!.keyFile, ssh.agentSocket]).toEqual([null, null]);
  });

  test('a missing key without an ssh-agent is an error, unless every server has a key of its own', async () => {
    expect(await problems(one, { env: {} })).toEqual([
      'fleetmark.yaml:1:1: ssh.key: is missing, and there is neither an ssh-agent nor a key in ~/.ssh',
    ]);
    const { servers } = await read('servers: { a: { key: k } }', { env: {} });
    expect(servers.get('a')!.keyFile).toMatch(/\/k$/);
  });

  test('settings that the ssh configuration may contain are not reported as missing', async () => {
    const home = folderWith({ '.ssh/config': 'Match host web\n  User bench\n' });
    await expect(read(one, { home, env: {}, user: null })).resolves.toBeDefined();
    const without = problems(`${one}ssh: { config: false }`, { home, env: {}, user: null });
    expect(await without).toHaveLength(2);
  });

  test('agent: true without SSH_AUTH_SOCK is an error', async () => {
    expect(await problems(`${one}ssh: { agent: true, key: k }`, { env: {} })).toEqual([
      'fleetmark.yaml:2:15: ssh.agent: SSH_AUTH_SOCK is not set, so there is no ssh-agent',
    ]);
  });

  test('a current user without a name is an error, unless every server has a user', async () => {
    expect(await problems(one, { user: null })).toEqual([
      'fleetmark.yaml:1:1: ssh.user: is missing, and the current user has no name',
    ]);
    expect((await read('servers: { a: { user: b } }', { user: null })).servers.get('a')!.user).toBe('b');
  });
});

describe('key files', () => {
  const text = 'servers: { a: { key: /k1 }, b: { key: /k1 }, c: { key: /k2 }, d: }';

  test('are checked once each', async () => {
    const checked: unknown[] = [];
    await read(text, { checkKeys: async (...args) => void checked.push(args) });
    const settings = expect.objectContaining({ agentSocket: '/run/agent.sock', passphrase: null });
    expect(checked).toEqual([
      ['/k1', settings],
      ['/k2', settings],
    ]);
  });

  const checkKeys = async (file: string) => Promise.reject(new Failure('InvalidConfig', `the key file ${file} is bad`));

  test('have their problems reported where they are first named', async () => {
    expect(await problems(text, { checkKeys })).toEqual([
      'fleetmark.yaml:1:22: servers.a.key: the key file /k1 is bad',
      'fleetmark.yaml:1:56: servers.c.key: the key file /k2 is bad',
    ]);
    const ofAll = 'servers: { a: }\nssh: { key: /k }';
    expect(await problems(ofAll, { checkKeys })).toEqual(['fleetmark.yaml:2:13: ssh.key: the key file /k is bad']);
  });

  test('have unexpected errors of their check passed on', async () => {
    const broken = new Error('out of memory');
    await expect(read(text, { checkKeys: async () => Promise.reject(broken) })).rejects.toBe(broken);
  });
});

test('a node set is expanded to servers, and its host, if that is a node set, to their hosts', async () => {
  const text = 'servers:\n  "web-[09-11]": { host: "10.0.0.[9-11]", port: 2222, user: root, key: k }\n  "db[1,3]":\n';
  const { servers } = await read(text);
  expect([...servers.values()].map(({ serverId, host }) => [serverId, host])).toEqual([
    ...[9, 10, 11].map((number) => [`web-${String(number).padStart(2, '0')}`, `10.0.0.${number}`]),
    ...['db1', 'db3'].map((name) => [name, name]),
  ]);
  expect(servers.get('web-10')).toMatchObject({ port: 2222, user: 'root' });
  const bad = async () => Promise.reject(new Failure('InvalidConfig', 'the key is bad'));
  expect(await problems(text, { checkKeys: bad })).toContain('fleetmark.yaml:2:3: servers: the key is bad');
});

describe('an Ansible inventory', () => {
  const ini = '[web]\nweb[1:2] ansible_user=root\n[web:vars]\nansible_ssh_private_key_file=keys/web\n';

  test('has servers with their groups, and key paths relative to it', async () => {
    const folder = folderWith({ 'fleetmark.yaml': 'inventory: inventories/hosts', 'inventories/hosts': ini });
    const { servers } = await readConfiguration(join(folder, 'fleetmark.yaml'), surroundings);
    const common = { port: null, user: 'root', hostKey: null, jumps: null, hardwareClass: 'default', groups: ['web'] };
    expect([...servers.values()]).toMatchObject(
      ['web1', 'web2'].map((name) => {
        return { serverId: name, host: name, keyFile: join(folder, 'inventories/keys/web'), ...common };
      })
    );
  });

  test('with a bad key says which', async () => {
    const checkKeys = async (file: string) =>
      Promise.reject(new Failure('InvalidConfig', `the key file ${file} is bad`));
    const found = await problems('ssh: { key: /k }\ninventory: hosts', { files: { hosts: ini }, checkKeys });
    expect(found).toEqual(['fleetmark.yaml:2:12: inventory: the key file keys/web is bad']);
  });

  test('that is a folder, encrypted, a program or TOML is refused without ansible-inventory', async () => {
    const refusal = async (name: string, content: string) =>
      problems(`inventory: ${name}`, { files: { [name]: content } });
    const instead = (name: string) =>
      `; Ansible itself can read it: ansible-inventory -i ${name} --list > hosts.json, and "inventory: hosts.json"`;
    expect(await problems('inventory: all', { files: { 'all/hosts': 'a' } })).toEqual([
      'fleetmark.yaml:1:12: inventory: all is a folder, not a file',
    ]);
    expect(await refusal('hosts', '$ANSIBLE_VAULT;1.1;AES256\n3139')).toEqual([
      `hosts:1: is encrypted with Ansible Vault as a whole${instead('hosts')}`,
    ]);
    expect(await refusal('hosts.py', '#!/usr/bin/python\n')).toEqual([
      `hosts.py:1: is a program, which only Ansible runs${instead('hosts.py')}`,
    ]);
    expect(await refusal('hosts.toml', '[web]\n')).toEqual([
      `hosts.toml:1: is TOML, which only Ansible reads${instead('hosts.toml')}`,
    ]);
  });

  test('is read with its group_vars and host_vars; encrypted files among them are refused', async () => {
    const files = {
      'group_vars/all/app.yml': '# ansible_user: x\napp_port: 80\nansible_become_password: x\n',
      'group_vars/web': 'x: 1\nansible_port: 2222\n',
      'host_vars/web1/notes.md': 'ansible_user: x',
    };
    const { servers } = await read('inventory: hosts', { files: { hosts: ini, ...files } });
    expect([...servers.values()].map(({ port }) => port)).toEqual([2222, 2222]);
    const vault = { 'host_vars/web1/vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n3139' };
    expect(await problems('inventory: hosts', { files: { hosts: ini, ...files, ...vault } })).toEqual([
      'host_vars/web1/vault.yml:1: is encrypted with Ansible Vault, and may contain variables of the connection; ' +
        'Ansible itself can read it: ansible-inventory -i hosts --list > hosts.json, and "inventory: hosts.json"',
    ]);
    const list = '{"_meta": {"hostvars": {}}, "web": {"hosts": ["web1"]}}';
    expect((await read('inventory: l.json', { files: { 'l.json': list, ...files, ...vault } })).servers.size).toBe(1);
  });
});

test('an anchor can contain the common settings of servers', async () => {
  const { servers } = await read('servers:\n  a: &common { host: x, port: 2222 }\n  b: *common\n');
  expect(servers.get('b')).toMatchObject({ serverId: 'b', host: 'x', port: 2222 });
});

test('any text is a valid configuration, or is refused with a position', async () => {
  const name = fc.oneof(
    fc.constantFrom(
      'servers',
      'ssh',
      'expect',
      'default',
      'benchmarks',
      'cpu',
      'web-1',
      'min',
      'port',
      'host',
      'cpu.events_per_second'
    ),
    fc.string()
  );
  const leaf = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom(null, '10s', '10%', 22));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value')), fc.dictionary(name, tie('value'))),
  }));
  const sections = fc.record(
    { servers: value, ssh: value, benchmarks: value, expect: value, maxParallel: value, inventory: value },
    { requiredKeys: [] }
  );
  const folder = folderWith({});
  const file = `${folder}/fleetmark.yaml`;
  const { writeFile } = await import('node:fs/promises');
  await fc.assert(
    fc.asyncProperty(fc.oneof(sections, value, fc.string()), async (written) => {
      await writeFile(file, typeof written === 'string' ? written : JSON.stringify(written));
      try {
        const { servers } = await readConfiguration(file, surroundings);
        expect([...servers.keys()].every(isServerId)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        const lines = (error as Failure).message.replaceAll(folder, '').split('\n');
        for (const line of lines) expect(line).toMatch(/^\/fleetmark\.yaml:\d+:\d+: \P{C}+$|^\.\.\. and \d+ more$/u);
      }
    }),
    { numRuns: 300 }
  );
});

describe('an inventory on the command line', () => {
  const given = (folder: string, name: string): GivenInventory => ({
    ...{ kind: 'file', written: name, path: join(folder, name) },
  });
  const text = (kind: 'list' | 'standard input', written: string): GivenInventory =>
    kind === 'list' ? { kind, written, text: written.replaceAll(',', '\n') } : { kind, written: '-', text: written };
  async function lines(source: ConfigurationSource, changed: Partial<Surroundings> = {}): Promise<string[]> {
    return problemsOf(readConfigurationFiles(source, { ...surroundings, ...changed }));
  }

  test('is a configuration by itself, with all defaults and its own name', async () => {
    const folder = folderWith({ 'hosts.ini': '[web]\nweb[1:2] ansible_private_key_file=keys/web\n' });
    const source = { file: null, inventory: given(folder, 'hosts.ini') };
    const { configuration, files } = await readConfigurationFiles(source, surroundings);
    expect([...configuration.servers.keys()]).toEqual(['web1', 'web2']);
    expect(configuration.servers.get('web1')).toMatchObject({ user: null, keyFile: `${folder}/keys/web` });
    expect(configuration).toMatchObject({ file: 'hosts.ini', maxParallel: 5, expect: { default: {} } });
    expect(configuration.benchmarks.map(({ benchmark }) => benchmark)).toEqual(['cpu', 'gpu']);
    expect(files).toContain(`${folder}/hosts.ini`);
  });

  test('replaces `servers` or `inventory` of fleetmark.yaml; its other keys still apply', async () => {
    const folder = folderWith({
      'f.yaml': 'servers: { a: { key: k } }\nssh: { user: bench }\nmaxParallel: 9',
      'g.yaml': 'inventory: nowhere',
      'e.yaml': '# nothing\n',
      hosts: 'web-1',
    });
    for (const name of ['f.yaml', 'g.yaml', 'e.yaml']) {
      const source = { file: join(folder, name), inventory: given(folder, 'hosts') };
      const { configuration, files } = await readConfigurationFiles(source, surroundings);
      expect([...configuration.servers.keys()]).toEqual(['web-1']);
      expect(configuration.file).toBe(`${source.file} with the inventory hosts`);
      expect(files).toEqual(expect.arrayContaining([source.file, join(folder, 'hosts')]));
      if (name === 'f.yaml') expect(configuration).toMatchObject({ maxParallel: 9 });
    }
  });

  test('as a list, or from standard input, is read in its own format', async () => {
    const ids = async (inventory: GivenInventory) => {
      const { configuration } = await readConfigurationFiles({ file: null, inventory }, surroundings);
      return [...configuration.servers.keys()];
    };
    expect(await ids(text('list', 'web[1-3],10.0.0.5'))).toEqual(['web1', 'web2', 'web3', '10.0.0.5']);
    expect(await ids(text('standard input', '{"_meta": {"hostvars": {}}, "web": {"hosts": ["w"]}}'))).toEqual(['w']);
    expect(await ids(text('standard input', '[web]\nw[01:02]\n'))).toEqual(['w01', 'w02']);
    expect(await ids(text('standard input', 'all:\n  hosts:\n    w:\n'))).toEqual(['w']);
  });

  test('has its name in messages, and line numbers if it has lines', async () => {
    const folder = folderWith({ 'hosts.ini': '[web]\nw1\nw2 oops\n', empty: '' });
    const file = (name: string) => ({ file: null, inventory: given(folder, name) });
    expect(await lines(file('hosts.ini'))).toEqual([
      'hosts.ini:3: word 2 is not key=value; a value with blanks needs quotes',
    ]);
    expect(await lines(file('empty'))).toEqual(['empty contains no servers']);
    expect(await lines(file('none.ini'))).toEqual([`none.ini does not exist in ${folder}`]);
    expect(await lines(file('web-1'))).toEqual([
      `web-1 does not exist in ${folder}; a list of one host ends with a comma: -i web-1,`,
    ]);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await lines(file('pipe'))).toEqual(['pipe is a pipe, not a file; use -i - to read from a pipe']);
    expect(await lines({ file: null, inventory: text('list', 'a,b c') })).toEqual([
      '"a,b c": "b ..." is more than one word; write one user@host:port per line',
    ]);
    expect(await lines({ file: null, inventory: text('list', '') })).toEqual(['"" contains no servers']);
    expect(await lines({ file: null, inventory: text('standard input', '[web]\na b') })).toEqual([
      'standard input:2: word 2 is not key=value; a value with blanks needs quotes',
    ]);
  });

  test('also needs a key or an ssh-agent', async () => {
    expect(await lines({ file: null, inventory: text('list', 'a,b') }, { env: {} })).toEqual([
      'fleetmark.yaml (not found): ssh.key: is missing, and there is neither an ssh-agent nor a key in ~/.ssh',
    ]);
  });

  test('with a bad key says which', async () => {
    const folder = folderWith({ hosts: 'a ansible_private_key_file=k', 'f.yaml': 'servers: { a: { key: k } }' });
    const checkKeys = async (key: string) => Promise.reject(new Failure('InvalidConfig', `the key file ${key} is bad`));
    const of = async (file: string | null) => {
      const inventory = given(folder, 'hosts');
      return lines(file === null ? { file, inventory } : { file, inventory }, { checkKeys });
    };
    expect(await of(null)).toEqual(['hosts: the key file k is bad']);
    expect(await of(join(folder, 'f.yaml'))).toEqual(['hosts: the key file k is bad']);
  });
});
