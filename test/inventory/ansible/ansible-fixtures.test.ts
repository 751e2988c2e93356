import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readInventory } from '../../../src/inventory/read-inventory.ts';
import { byId, hasAnsible, listOf, serversOfList } from './ansible-inventory.ts';

/**
 * `ordinary.ini` and `ordinary.yml`, and the output of ansible-inventory 2.19.14 for each: `--list`, `--list --export`
 * and `--list --yaml`.
 */
const folder = new URL('../../fixtures/inventories/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, folder), 'utf8');

describe.each(['ordinary.ini', 'ordinary.yml'])('%s', (name) => {
  const list = JSON.parse(text(`${name}.list.json`)) as Parameters<typeof serversOfList>[0];
  const expected = byId(serversOfList(list));

  test.each(['', '.list.json', '.export.json', '.list.yml'])(
    `with the ending %j has the servers that Ansible reads`,
    (ending) => {
      const { entries, mistakes } = readInventory(name + ending, text(name + ending));
      expect(mistakes).toEqual([]);
      expect(byId(entries)).toEqual(expected);
    }
  );

  test('contains passwords, and the result does not', () => {
    for (const ending of ['', '.list.json', '.export.json', '.list.yml']) {
      expect(text(name + ending)).toMatch(/s3cr#t/);
      const read = readInventory(name + ending, text(name + ending));
      expect(JSON.stringify(read)).not.toMatch(/s3cr|AES256|6231336|pass/);
    }
  });

  test.skipIf(!hasAnsible())('is read by the installed ansible-inventory as recorded', async () => {
    expect(byId(serversOfList((await listOf(name, text(name)))!))).toEqual(expected);
  });
});

test('the servers of the fixture have these settings', () => {
  const { entries } = readInventory('ordinary.ini', text('ordinary.ini'));
  const server = (id: string) => entries.find(({ serverId }) => serverId === id);
  const ungrouped = ['ungrouped'];
  const mail = {
    serverId: 'mail.example.com',
    host: 'mail.example.com',
    port: null,
    user: 'root',
    keyFile: null,
    hostKey: null,
  };
  expect(server('mail.example.com')).toEqual({
    ...mail,
    jumps: null,
    hardwareClass: null,
    groups: ungrouped,
    from: { user: { line: 45 } },
  });
  expect(server('bare')).toMatchObject({ host: '10.0.9.9', port: 22, groups: ungrouped });
  expect(server('www50.example.com')).toMatchObject({ port: 2222, groups: ['everything', 'webservers'] });
  expect(server('quoted')).toMatchObject({ host: '10.0.1.1', port: 2022, user: 'quoted' });
  expect(server('jumper')).toMatchObject({ host: '10.0.1.2', port: 5555 });
  expect(server('db-10')).toMatchObject({ keyFile: '~/.ssh/db key', user: 'hall2' });
  expect(server('node011-2')).toMatchObject({ user: 'gpu', port: 2022, groups: ['everything', 'gpu', 'hall2'] });
  expect(server('2001-db8--ff')).toMatchObject({ host: '2001:db8::ff', port: 2200 });
  expect(entries).toHaveLength(40);
});
