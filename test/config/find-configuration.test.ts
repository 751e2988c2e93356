import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { shownInventory } from '../../src/config/configuration-source.ts';
import { findConfiguration } from '../../src/config/find-configuration.ts';
import { folderWith } from '../support/temporary-folder.ts';

function stdinWith(...chunks: (string | Uint8Array)[]) {
  const stdin = new PassThrough();
  for (const chunk of chunks) stdin.write(chunk);
  stdin.end();
  return stdin;
}

const find = async (inventory?: string, env: Record<string, string> = {}, config?: string) =>
  findConfiguration({ config, inventory }, env, stdinWith());

test.each([
  ['a.yaml', { FLEETMARK_CONFIG: 'b.yaml' }, 'a.yaml'],
  [undefined, { FLEETMARK_CONFIG: 'b.yaml' }, 'b.yaml'],
  [undefined, { FLEETMARK_CONFIG: '' }, 'fleetmark.yaml'],
  [undefined, {}, 'fleetmark.yaml'],
])('--config %s with %j is %s', async (option, env, file) => {
  expect(await find(undefined, env as Record<string, string>, option)).toEqual({ file, inventory: null });
});

describe('an inventory', () => {
  test('replaces the servers of a named configuration, even of a missing one', async () => {
    const folder = folderWith({ 'hosts.ini': 'a' });
    const inventory = { kind: 'file', written: `${folder}/hosts.ini`, path: `${folder}/hosts.ini` };
    expect(await find(inventory.path, {}, '/no/f.yaml')).toEqual({ file: '/no/f.yaml', inventory });
    expect(await find(inventory.path, { FLEETMARK_CONFIG: '/no/e.yaml' })).toEqual({ file: '/no/e.yaml', inventory });
  });

  test('is a configuration by itself, unless there is a fleetmark.yaml in the current folder', async () => {
    const folder = folderWith({ 'hosts.ini': 'a', 'project/fleetmark.yaml': 'servers: { a: }' });
    const before = process.cwd();
    try {
      process.chdir(folder);
      expect(await find('hosts.ini')).toMatchObject({ file: null, inventory: { path: `${folder}/hosts.ini` } });
      process.chdir(`${folder}/project`);
      expect(await find('../hosts.ini')).toMatchObject({
        file: 'fleetmark.yaml',
        inventory: { path: `${folder}/hosts.ini` },
      });
    } finally {
      process.chdir(before);
    }
  });

  test.each([
    ['web-1,10.0.0.5', 'web-1\n10.0.0.5'],
    ['web[1-3,7], bench@db:2222,', 'web[1-3,7]\nbench@db:2222'],
    ['node[001-128]', 'node[001-128]'],
    [',', ''],
    ['[::1]', '[::1]'],
    ['[::1]:2299', '[::1]:2299'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['bench@[2001:db8::1]:22', 'bench@[2001:db8::1]:22'],
  ])('%j is a list of hosts', async (written, text) => {
    expect((await find(written)).inventory).toEqual({ kind: 'list', written, text });
  });

  test('is a file if such a file exists, even if its name looks like a list', async () => {
    const folder = folderWith({ 'a,b': '', 'web[1-3]': '' });
    for (const name of ['a,b', 'web[1-3]']) {
      expect((await find(`${folder}/${name}`)).inventory).toMatchObject({ kind: 'file', path: `${folder}/${name}` });
    }
  });

  test('on standard input is read to its end, in chunks of any type', async () => {
    const stdin = stdinWith('web-1\nö', new Uint8Array([0xc3]), new Uint8Array([0xb6, 0x0a]));
    const { inventory } = await findConfiguration({ inventory: '-' }, {}, stdin);
    expect(inventory).toEqual({ kind: 'standard input', written: '-', text: 'web-1\nöö\n' });
  });

  test('on a terminal is refused with advice', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    await expect(findConfiguration({ inventory: '-' }, {}, stdin)).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: expect.stringContaining(
        'ansible-inventory -i hosts.yml --list > hosts.json, then --inventory hosts.json'
      ),
    });
  });

  test('that is not UTF-8, is endless, or has an empty name is refused', async () => {
    const from = async (stdin: AsyncIterable<Uint8Array>) => findConfiguration({ inventory: '-' }, {}, stdin);
    await expect(from(stdinWith(new Uint8Array([0xff])))).rejects.toThrow('is not valid UTF-8');
    async function* endless() {
      for (;;) yield new Uint8Array(1 << 20);
    }
    await expect(from(endless())).rejects.toThrow('is larger than 64 MiB');
    await expect(find('')).rejects.toMatchObject({ kind: 'InvalidConfig' });
  });

  test('is shown in one printable line', () => {
    const file = (written: string) => shownInventory({ kind: 'file', written, path: `/x/${written}` });
    expect(file('~/hosts.ini')).toBe('~/hosts.ini');
    expect(file('a\u001b[2J\nb')).toBe('"a\\u001b[2J\\nb"');
    expect(shownInventory({ kind: 'standard input', written: '-', text: 'secret' })).toBe('standard input');
    expect(file('x'.repeat(5000)).length).toBeLessThan(100);
  });
});
