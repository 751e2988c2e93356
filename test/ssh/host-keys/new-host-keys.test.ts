import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { newHostKeys, withFileLock } from '../../../src/ssh/host-keys/new-host-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const blob = (text: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, text)]);
const hostKey = (name: string, key = name) => ({ name, type: 'ssh-ed25519', key: blob(key) });
const lineOf = (name: string, key = name) => `${name} ssh-ed25519 ${blob(key).toString('base64')}\n`;

let dir: string;
let file: string;
beforeEach(() => {
  dir = temporaryFolder('new-keys');
  file = path.join(dir, 'ssh/known_hosts');
});
const content = () => readFileSync(file, 'utf8');

test('the file and its folder are created for their owner only', async () => {
  expect(await newHostKeys()(file, hostKey('web-1'))).toBe('added');
  expect(content()).toBe(lineOf('web-1'));
  expect([file, path.dirname(file)].map((each) => (statSync(each).mode & 0o777).toString(8))).toEqual(['600', '700']);
});

test('a line is appended, even if the last line has no line end', async () => {
  mkdirSync(path.dirname(file));
  writeFileSync(file, '# mine\nweb-2 ssh-rsa AAAA', { mode: 0o644 });
  expect(await newHostKeys()(file, hostKey('[web-1]:2222'))).toBe('added');
  expect(content()).toBe(`# mine\nweb-2 ssh-rsa AAAA\n${lineOf('[web-1]:2222')}`);
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

test('an existing key is not added again, and another key of the same name is returned with its line', async () => {
  const add = newHostKeys();
  await add(file, hostKey('web-0'));
  const outcomes = await Promise.all([
    add(file, hostKey('web-1', 'a')),
    add(file, hostKey('web-1', 'b')),
    add(file, hostKey('web-1', 'a')),
    add(file, hostKey('web-0', 'b')),
  ]);
  expect(outcomes).toMatchObject(['added', { line: 2, hosts: 'web-1', file }, 'there', { line: 1, hosts: 'web-0' }]);
  expect(content()).toBe(lineOf('web-0') + lineOf('web-1', 'a'));
});

test('a name that would add more than one name to the file is refused', async () => {
  for (const name of ['*', 'a,b', 'a b', '!a', '|1|a|b', '@revoked', '#', 'a\nb', '']) {
    await expect(newHostKeys()(file, hostKey(name)), name).rejects.toMatchObject({ kind: 'InvalidConfig' });
  }
  expect(existsSync(file)).toBe(false);
});

test('a file that cannot be written is reported', async () => {
  writeFileSync(path.join(dir, 'ssh'), '');
  await expect(newHostKeys()(file, hostKey('a'))).rejects.toMatchObject({
    kind: 'InvalidConfig',
    message: `accept-new cannot add to the known_hosts file ${file} (EEXIST: file already exists)`,
  });
});

test('a path that is not a regular file, such as /dev/null, is not written', async () => {
  await expect(newHostKeys()('/dev/null', hostKey('a'))).rejects.toMatchObject({
    kind: 'InvalidConfig',
    message: expect.stringMatching(
      /^accept-new cannot add to the known_hosts file \/dev\/null \(it is not a file\); .*: set ssh\.knownHosts/
    ) as string,
  });
});

test('many workers that connect to the same new servers write one line per server', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `node-${index}`);
  const source = new URL('../../../src/ssh/host-keys/new-host-keys.ts', import.meta.url).href;
  const program = `
    import { newHostKeys } from ${JSON.stringify(source)};
    const add = newHostKeys();
    const names = ${JSON.stringify(names)}.sort(() => Math.random() - 0.5);
    const key = (name) => Buffer.from(${JSON.stringify(blob('').toString('base64').slice(0, 20))} + Buffer.alloc(36, name).toString('base64'), 'base64');
    const outcomes = await Promise.all(names.map(async (name) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
      return add(${JSON.stringify(file)}, { name, type: 'ssh-ed25519', key: key(name) });
    }));
    console.log(outcomes.filter((each) => each === 'added').length, outcomes.filter((each) => each === 'there').length);
  `;
  const run = async () => {
    const { stdout } = await promisify(execFile)('node', ['--import', 'tsx', '--input-type=module', '-e', program]);
    return stdout.trim().split(' ').map(Number);
  };
  const outcomes = await Promise.all([run(), run(), run()]);
  expect(outcomes.reduce((sum, [added]) => sum + added!, 0)).toBe(200);
  expect(outcomes.map(([added, there]) => added! + there!)).toEqual([200, 200, 200]);
  const hosts = content()
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(hosts.sort()).toEqual(names.sort());
});

test('the lock of a dead owner is taken over', async () => {
  const lock = path.join(dir, 'lock');
  writeFileSync(lock, '');
  expect(await withFileLock(lock, async () => 'done', 50)).toBe('done');
  expect(existsSync(lock)).toBe(false);
});
