/**
 * Measures the time to read, select and plan 10,000 servers in each format: `tsx test/bench/inventory-of-10000.ts`.
 * Prints the minimum of several runs in milliseconds, and exits with 1 if a format takes more than two seconds.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, kindsOf } from '../../src/benchmarks/catalogue.ts';
import { readFleetInput } from '../../src/inventory/selection/fleet-input.ts';
import { readConfigurationFiles } from '../../src/config/read-configuration.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const limitMs = 2000;
const rounds = Number(process.env['ROUNDS'] ?? 3);
const numbers = Array.from({ length: 10_000 }, (_, index) => index);
const host = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
const names = numbers.map((n) => `rack-${n % 100}-node-${n}`);
const groupOf = (n: number): string => `rack_${n % 100}`;
const inGroups = (line: (n: number) => string, head: (group: string) => string): string =>
  Array.from({ length: 100 }, (_, rack) => {
    return [head(`rack_${rack}`), ...numbers.filter((n) => n % 100 === rack).map(line)].join('\n');
  }).join('\n');

const variables = (n: number) => ({ ansible_host: host(n), ansible_user: 'bench', ansible_port: 22 });
const list = {
  _meta: { hostvars: Object.fromEntries(numbers.map((n) => [names[n], variables(n)])) },
  ...Object.fromEntries(
    Array.from({ length: 100 }, (_, rack) => {
      return [groupOf(rack), { hosts: names.filter((__, n) => n % 100 === rack) }];
    })
  ),
};

/** Keyed by file name. Files whose name does not begin with `fleetmark` are inventories. */
const formats: Record<string, string> = {
  'hosts.ini': inGroups(
    (n) => `${names[n]} ansible_host=${host(n)} ansible_user=bench`,
    (group) => `[${group}]`
  ),
  'hosts.yml': `all:\n  children:\n${inGroups(
    (n) =>
      `        ${names[n]}:\n          ansible_host: ${host(n)}\n          ansible_user: bench\n          app: "x y"`,
    (group) => `    ${group}:\n      hosts:`
  )}\n`,
  'short.yml': `all:\n  hosts:\n${numbers.map((n) => `    ${names[n]}: { ansible_host: ${host(n)}, ansible_port: 22 }`).join('\n')}\n`,
  'secrets.yml': `all:\n  vars: &login\n    ansible_user: bench\n    notes: |\n      one\n      two\n  hosts:\n${numbers
    .map((n) => {
      const secret = 'ansible_password: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        62333534';
      return `    ${names[n]}:\n      <<: *login\n      ansible_host: ${host(n)}\n      ${secret}`;
    })
    .join('\n')}\n`,
  'numbers.yml': `all:\r\n  hosts:\r\n${numbers.map((n) => `    "${10_000 + n}":\r\n      ansible_host: ${host(n)}`).join('\r\n')}\r\n`,
  'hosts.json': JSON.stringify(list, null, 4),
  'hosts.txt': numbers.map((n) => `bench@${host(n)}:22`).join('\n'),
  'set.txt': 'node[00001-10000]',
  'fleetmark.yaml': `servers:\n${numbers.map((n) => `  ${names[n]}: { host: ${host(n)}, user: bench }`).join('\n')}\n`,
  'fleetmark-long.yaml': `servers:\n${numbers.map((n) => `  ${names[n]}:\n    host: ${host(n)}\n    port: 2222`).join('\n')}\n`,
  'fleetmark-set.yaml': 'servers: { "node[00001-10000]": }\n',
};

const folder = temporaryFolder('bench');
const surroundings = { kinds: kindsOf(catalogue), env: { SSH_AUTH_SOCK: '/nowhere' }, user: 'bench' };

async function measure(name: string): Promise<{ wall: number; cpu: number }> {
  const path = join(folder, name);
  const file = name.startsWith('fleetmark');
  const before = process.cpuUsage();
  const begin = performance.now();
  const { configuration } = await readConfigurationFiles(
    file ? { file: path, inventory: null } : { file: null, inventory: { kind: 'file', written: name, path } },
    surroundings
  );
  const limit = /set|numbers|hosts.txt/.test(name) ? ['*'] : ['rack-*'];
  const { serverIds } = readFleetInput([{ limit, sample: 100 }], configuration);
  if (configuration.servers.size !== 10_000 || serverIds.length === 0) throw new Error(`${name} was read wrong`);
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - begin, cpu: (user + system) / 1000 };
}

let slowest = 0;
const wanted = process.argv.slice(2);
for (const name of Object.keys(formats).filter((each) => wanted.length === 0 || wanted.includes(each))) {
  writeFileSync(join(folder, name), formats[name]!);
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push(await measure(name));
  const first = times[0]!;
  const best = Math.min(...times.map(({ wall }) => wall));
  slowest = Math.max(slowest, first.wall, first.cpu);
  const [wall, cpu] = [first.wall, first.cpu].map((ms) => ms.toFixed(0));
  console.log(`${name.padEnd(20)} ${wall} ms (CPU ${cpu} ms), then at best ${best.toFixed(0)} ms`);
}
if (slowest > limitMs) console.log(`The slowest took ${slowest.toFixed(0)} ms, and ${limitMs} ms is the limit.`);
process.exitCode = slowest > limitMs ? 1 : 0;
