import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isServerId } from '../../../src/domain/servers/server.ts';
import { readPort } from '../../../src/source/hosts/host.ts';
import { readAnsibleIni } from '../../../src/inventory/ansible/ansible-ini.ts';
import { readAnsibleJson } from '../../../src/inventory/ansible/ansible-json.ts';
import { readAnsibleYaml } from '../../../src/inventory/ansible/ansible-yaml.ts';
import { ini } from './arbitrary-ini.ts';
import { list } from './arbitrary-json.ts';
import { inQuotes, yaml } from './arbitrary-yaml.ts';
import { byId, hasAnsible, listOf, serversOfList } from './ansible-inventory.ts';

const runs = { numRuns: Number(process.env['FLEETMARK_ORACLE_RUNS'] || 50) };
const minutes = 120_000 + runs.numRuns * 1000;

describe.skipIf(!hasAnsible())('every accepted inventory has the servers that ansible-inventory reads', () => {
  test.each([
    ['INI', 'hosts.ini', ini, readAnsibleIni],
    ['YAML', 'hosts.yml', yaml, readAnsibleYaml],
    ['JSON that is also YAML', 'hosts.json', inQuotes, readAnsibleJson],
    ['JSON of an inventory program', 'hosts.sh', list, readAnsibleJson],
  ] as const)('%s', { timeout: minutes }, async (_, name, texts, read) => {
    const accepted = texts.filter((text) => {
      const { entries, mistakes } = read(text);
      return entries.length > 0 && mistakes.length === 0;
    });
    await fc.assert(
      fc.asyncProperty(accepted, async (text) => {
        const real = await listOf(name, text);
        if (real === null) throw new Error('Ansible refuses it');
        const [ours, theirs] = [read(text).entries, serversOfList(real)];
        expect(ours).toHaveLength(theirs.length);
        const named = theirs.filter(({ serverId }) => isServerId(serverId));
        const ids = new Set(named.map(({ serverId }) => serverId));
        expect(byId(ours.filter(({ serverId }) => ids.has(serverId)))).toEqual(byId(named));
        // The other names are not valid ids: each has a row with a made-up id and the reason.
        const others = ours.filter(({ serverId }) => !ids.has(serverId));
        expect(others.filter(({ skip }) => skip === undefined)).toEqual([]);
      }),
      runs
    );
  });

  test('an accepted value of a variable is read as Ansible reads it', { timeout: minutes }, async () => {
    const values = [
      'a',
      '"a"',
      "'a'",
      '7',
      '07',
      '0',
      '00',
      '+7',
      '-7',
      '0x7',
      '1_0',
      '1e3',
      '1.5',
      '.5',
      '5.',
      '1j',
      'True',
      'None',
      'none',
      'a b',
      '"a" # b',
      '"a" "b"',
      'r"a"',
      '[1]',
      '(1)',
      '{}',
      '...',
      'a # b',
      '7 # b',
      '10.0.0.1',
      '"a',
      "a'b",
      '-a',
      '1 + 1',
      '1+2j',
      '3com',
      '1 2',
      ...[
        '22,',
        'None,',
        '...',
        '... # c',
        'set()',
        '"""a"""',
        '7\u00a0',
        'true',
        '--1',
        '1 if 1 else 2',
        'None # c',
        '-0',
      ],
    ];
    const text = values
      .map((value, index) => `[g${index}]\nh${index}\n[g${index}:vars]\nansible_user=${value}\n`)
      .join('');
    const servers = serversOfList((await listOf('hosts.ini', text))!);
    for (const [index, value] of values.entries()) {
      const { entries, mistakes } = readAnsibleIni(`[g]\nh\n[g:vars]\nansible_user=${value}\n`);
      const real = servers.find(({ serverId }) => serverId === `h${index}`)!.user;
      if (mistakes.length === 0) expect([value, entries[0]!.user]).toEqual([value, real]);
    }
  });
});

test('a port is 1 to 65535', () => {
  expect(['0', '1', '022', '65535', '65536', '', '-1', '1e3', ' 1', '999999999'].map(readPort)).toEqual([
    null,
    1,
    22,
    65535,
    ...Array.from({ length: 6 }, () => null),
  ]);
});
