import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GivenInventory } from '../../src/config/configuration-source.ts';
import { readVariableNames } from '../../src/inventory/ansible/connection-variables.ts';
import { hostile, hostileValue, hostileValues } from '../support/hostile-values.ts';
import { expectInertOrRefused } from '../support/inert.ts';
import { folderWith } from '../support/temporary-folder.ts';

describe('a hostile value is refused in printable lines, or has no effect', () => {
  /** Unquoted, and also quoted in formats with quotes. */
  const inventories: Record<string, (value: string) => string> = {
    'ini-host.ini': (value) => `[web]\n${value}\n`,
    'ini-word.ini': (value) => `[web]\nweb-1 ansible_port=22 ${value}\n`,
    'ini-section.ini': (value) => `[${value}]\nweb-1\n`,
    'ini-kind.ini': (value) => `[web:${value}]\nweb-1\n`,
    'ini-child.ini': (value) => `[web:children]\n${value}\n`,
    'ini-name.ini': (value) => `[web]\nweb-1\n[web:vars]\n${value}=1\n`,
    ...Object.fromEntries(
      [...readVariableNames, 'ansible_password', 'ansible_become_pass'].flatMap((name) => [
        [`ini-${name}.ini`, (value: string) => `[web]\nweb-1 ${name}=${value}\n`],
        [`ini-${name}-quoted.ini`, (value: string) => `[web]\nweb-1\n[web:vars]\n${name}=${JSON.stringify(value)}\n`],
        [`yaml-${name}.yml`, (value: string) => `web:\n  hosts:\n    web-1:\n      ${name}: ${value}\n`],
        [
          `yaml-${name}-quoted.yml`,
          (value: string) => `web:\n  hosts:\n    web-1: { ${name}: ${JSON.stringify(value)} }\n`,
        ],
        [
          `json-${name}.json`,
          (value: string) => JSON.stringify({ _meta: { hostvars: { w: { [name]: value } } }, web: { hosts: ['w'] } }),
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

  test('in every position of every inventory format', async () => {
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
    for (const name of names) {
      for (const value of hostileValues.filter(({ length }) => length < 1000)) await read(name, value);
    }
    for (const value of hostileValues.filter((each) => !/^a[ \n]b$/.test(each))) {
      for (const name of [
        'yaml-ansible_host-quoted.yml',
        'yaml-ansible_user-quoted.yml',
        'json-ansible_user.json',
        'list.txt',
      ]) {
        expect([name, value.slice(0, 20), await read(name, value)]).toEqual([name, value.slice(0, 20), 'refused']);
      }
    }
  });

  test('as the name or the content of a file next to an inventory', async () => {
    for (const value of hostileValues) {
      const isName = value.length < 200 && !/[/\0]/.test(value);
      for (const [folder, name] of [
        ['group_vars', isName ? `web/${value}` : 'web'],
        ['host_vars', isName ? `web-1/${value}.yml` : 'web-1'],
      ]) {
        for (const text of [value, `ansible_host: ${value}`, `ansible_password: ${value}`]) {
          const path = join(folderWith({ 'h.ini': '[web]\nweb-1\n', [`${folder}/${name}`]: text }), 'h.ini');
          const found = await expectInertOrRefused({ file: null, inventory: { kind: 'file', written: 'h.ini', path } });
          expect(found).toBe(text.startsWith('ansible_host') ? 'refused' : 'inert');
        }
      }
    }
  });

  test('as an inventory on the command line, or as its name', async () => {
    const given = (value: string): GivenInventory[] => [
      { kind: 'file', written: value, path: `/nowhere/${value}` },
      { kind: 'list', written: value, text: value.replaceAll(',', '\n') },
      { kind: 'standard input', written: '-', text: value },
    ];
    for (const value of hostile) {
      for (const inventory of given(value)) await expectInertOrRefused({ file: null, inventory });
    }
  });

  test('as bytes that are not UTF-8', async () => {
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
