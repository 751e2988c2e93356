import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selectServers as selectOf } from '../../../src/inventory/selection/select-servers.ts';
import { Failure } from '../../../src/domain/failures/failure.ts';

const ids = ['web-2', 'web-1', 'web-10', 'db-1', '10'];

function selectServers(inventory: readonly string[], patterns: readonly string[]): string[] {
  return selectOf(
    inventory.map((serverId) => ({ serverId, groups: [] })),
    patterns
  );
}

test.each([
  [[], ids],
  [['web-1'], ['web-1']],
  [
    ['db-1', 'web-2'],
    ['web-2', 'db-1'],
  ],
  [
    ['web-1', 'web-1', 'web-*'],
    ['web-2', 'web-1', 'web-10'],
  ],
  [['web-?'], ['web-2', 'web-1']],
  [['*'], ids],
  [['!web-*'], ['db-1', '10']],
  [
    ['!web-1', 'web-*'],
    ['web-2', 'web-10'],
  ],
  [
    ['!db-1', '!10'],
    ['web-2', 'web-1', 'web-10'],
  ],
  [['web-1,db-1'], ['web-1', 'db-1']],
  [['web-*, !web-2'], ['web-1', 'web-10']],
  [['web-[1-2,10]'], ['web-2', 'web-1', 'web-10']],
  [['web-[1,10],db-1'], ['web-1', 'web-10', 'db-1']],
  [['!web-[1-2]'], ['web-10', 'db-1', '10']],
  [['*-[1-2]'], ['web-2', 'web-1', 'db-1']],
])('%j selects %j', (patterns, selected) => {
  expect(selectServers(ids, patterns)).toEqual(selected);
});

const grouped = [
  { serverId: 'web-1', groups: ['web', 'rack-1', 'old'] },
  { serverId: 'web-2', groups: ['web', 'rack-2'] },
  { serverId: 'db-1', groups: ['db', 'rack-1'] },
  { serverId: 'db', groups: ['rack-2'] },
  { serverId: 'solo', groups: [] },
];
const allIds = grouped.map(({ serverId }) => serverId);

describe('in an inventory with groups', () => {
  test.each([
    [['web'], ['web-1', 'web-2']],
    [['@web'], ['web-1', 'web-2']],
    [['@db'], ['db-1']],
    [['=db'], ['db']],
    [['solo'], ['solo']],
    [['@rack-*'], ['web-1', 'web-2', 'db-1', 'db']],
    [
      ['@rack-?', '!@rack-2'],
      ['web-1', 'db-1'],
    ],
    [['@rack-[1-2]'], ['web-1', 'web-2', 'db-1', 'db']],
    [['rack-[1-2]'], ['web-1', 'web-2', 'db-1', 'db']],
    [['web,!@old'], ['web-2']],
    [
      ['!web', '!solo'],
      ['db-1', 'db'],
    ],
    [['!=db'], ['web-1', 'web-2', 'db-1', 'solo']],
    [['db*'], ['db-1', 'db']],
    [['*'], allIds],
    [['all'], allIds],
    [['@all'], allIds],
    [
      ['all', '!web-1'],
      ['web-2', 'db-1', 'db', 'solo'],
    ],
    [
      ['web', 'old', 'web-1'],
      ['web-1', 'web-2'],
    ],
  ])('%j selects %j', (patterns, selected) => {
    expect(selectOf(grouped, patterns)).toEqual(selected);
  });

  const both = '"db" is both a server and a group; write "=db" for the server, "@db" for the group.';
  test.each([
    [['db'], 'InvalidInput', both],
    [['!db'], 'InvalidInput', both],
    [['wbe'], 'UnknownServer', '"wbe" is not in the inventory; did you mean "web"?'],
    [['@wbe'], 'InvalidInput', '"@wbe" is not a group of the inventory; did you mean "@web"?'],
    [['@rack-3'], 'InvalidInput', '"@rack-3" is not a group of the inventory; did you mean "@rack-1"?'],
    [['@al'], 'InvalidInput', '"@al" is not a group of the inventory; did you mean "@all"?'],
    [['@nothing'], 'InvalidInput', '"@nothing" is not a group of the inventory.'],
    [['@web-1'], 'InvalidInput', '"@web-1" is not a group of the inventory, but "web-1" is a server.'],
    [['=web'], 'UnknownServer', '"web" is not a server of the inventory, but a group.'],
    [['rack-*'], 'InvalidInput', '"rack-*" matches no server of the inventory; "@rack-*" does match groups.'],
    [['@solo*'], 'InvalidInput', '"@solo*" matches no group of the inventory; "solo*" does match servers.'],
    [['wbe-*'], 'InvalidInput', '"wbe-*" matches no server of the inventory.'],
    [['@rakc-*'], 'InvalidInput', '"@rakc-*" matches no group of the inventory.'],
    [['web', '!web'], 'InvalidInput', 'The selection "web", "!web" selects no server.'],
    [['@'], 'InvalidInput', '"@" is neither a server id nor a pattern.'],
    [['@@web'], 'InvalidInput', '"@@web" is neither a server id nor a pattern.'],
    [['@!web'], 'InvalidInput', '"@!web" is neither a server id nor a pattern.'],
    [['=web*'], 'UnknownServer', '"web*" is not in the inventory.'],
    [
      ['web:!old'],
      'InvalidInput',
      '"web:!old" is neither a server id nor a pattern; patterns are separated by commas.',
    ],
  ])('%j is refused', (patterns, kind, message) => {
    expect(() => selectOf(grouped, patterns)).toThrow(expect.objectContaining({ kind, message }));
  });

  test('a server with the name all does not select all servers', () => {
    const message = '"all" is both a server and a group; write "=all" for the server, "@all" for the group.';
    const servers = [{ serverId: 'all', groups: [] }, ...grouped];
    expect(() => selectOf(servers, ['all'])).toThrow(expect.objectContaining({ message }));
    expect(selectOf(servers, ['=all'])).toEqual(['all']);
    expect(selectOf(servers, ['@all'])).toHaveLength(6);
  });

  test('several patterns select the union of what each selects, without the excluded servers', () => {
    const known = ['web-1', 'web', '@web', 'old', '@db', '=db', '@rack-*', 'db*', '*', '@rack-2', 'solo', 'web-[1-2]'];
    const some = fc.subarray(known, { minLength: 1 });
    fc.assert(
      fc.property(some, fc.subarray(known), (includes, excludes) => {
        const meant = new Set(includes.flatMap((pattern) => selectOf(grouped, [pattern])));
        for (const id of excludes.flatMap((pattern) => selectOf(grouped, [pattern]))) meant.delete(id);
        const patterns = [...excludes.map((pattern) => `!${pattern}`), ...includes];
        if (meant.size === 0) expect(() => selectOf(grouped, patterns)).toThrow(/selects no server/);
        else expect(selectOf(grouped, patterns)).toEqual(allIds.filter((id) => meant.has(id)));
      })
    );
  });
});

test('ten thousand patterns visit each of ten thousand servers a few times, not ten thousand times', () => {
  let looks = 0;
  const servers = Array.from({ length: 10_000 }, (_, index) => ({
    serverId: `web-${index}`,
    get groups() {
      looks += 1;
      return ['every', `rack-${index % 100}`, `only-${index}`];
    },
  }));
  const patterns = servers.flatMap(({ serverId }, index) => (index % 2 ? [serverId] : [`only-${index}`, '@every']));
  expect(selectOf(servers, patterns)).toHaveLength(10_000);
  expect(looks).toBe(10_000);
});

describe('an invalid selection is refused', () => {
  test.each([
    [['web-3'], 'UnknownServer', '"web-3" is not in the inventory; did you mean "web-2"?'],
    [['!web-11'], 'UnknownServer', '"web-11" is not in the inventory; did you mean "web-1"?'],
    [['unheard-of'], 'UnknownServer', '"unheard-of" is not in the inventory.'],
    [['Web-1'], 'UnknownServer', '"Web-1" is not in the inventory; did you mean "web-1"?'],
    [['web-1', 'gpu-*'], 'InvalidInput', '"gpu-*" matches no server of the inventory.'],
    [['!gpu-*'], 'InvalidInput', '"gpu-*" matches no server of the inventory.'],
    [['web-1', '!web-*'], 'InvalidInput', 'The selection "web-1", "!web-*" selects no server.'],
    [['!*'], 'InvalidInput', 'The selection "!*" selects no server.'],
    [
      ['!web-1', '!web-2', '!web-10', '!db-1', '!10', '!*'],
      'InvalidInput',
      'The selection "!web-1", "!web-2", "!web-10", "!db-1", "!10", ... selects no server.',
    ],
    [['x'.repeat(101)], 'InvalidInput', `"${'x'.repeat(57)}..." is neither a server id nor a pattern.`],
    [[''], 'InvalidInput', '"" is neither a server id nor a pattern.'],
    [['!'], 'InvalidInput', '"" is neither a server id nor a pattern.'],
    [['!!web-1'], 'InvalidInput', '"!web-1" is neither a server id nor a pattern.'],
    [['web-1; reboot'], 'InvalidInput', '"web-1; reboot" is neither a server id nor a pattern.'],
    [['web-[12]'], 'UnknownServer', '"web-12" is not in the inventory; did you mean "web-2"?'],
    [['web-[1-3]'], 'UnknownServer', '"web-3" is not in the inventory; did you mean "web-2"?'],
    [['web-[3-1]'], 'InvalidInput', 'Invalid selection: "web-[3-1]": "3-1" ends before it begins.'],
    [['web-[a]'], 'InvalidInput', '"web-[a]" is neither a server id nor a pattern.'],
    [['web-[1,2'], 'InvalidInput', '"web-[1,2" is neither a server id nor a pattern.'],
    [['[1-99999]', '[1-99999]'], 'InvalidInput', 'The selection expands to more than 100000 patterns.'],
    [['a\u001b[2J\n'], 'InvalidInput', '"a\\u001b[2J" is neither a server id nor a pattern.'],
    [['__proto__'], 'UnknownServer', '"__proto__" is not in the inventory.'],
    [['constructor'], 'UnknownServer', '"constructor" is not in the inventory.'],
  ])('%j', (patterns, kind, message) => {
    expect(() => selectServers(ids, patterns)).toThrow(expect.objectContaining({ kind, message }));
  });

  test('too many wildcards', () => {
    const patterns = Array.from({ length: 201 }, (_, index) => `web-*${index}`);
    const message = 'The selection has more than 200 patterns with wildcards.';
    expect(() => selectServers(ids, patterns)).toThrow(expect.objectContaining({ kind: 'InvalidInput', message }));
    expect(
      selectServers(
        ids,
        Array.from({ length: 201 }, () => 'web-*')
      )
    ).toHaveLength(3);
  });

  test('a pattern of a megabyte', () => {
    const patterns = ['*'.repeat(1_000_000)];
    expect(() => selectServers(ids, patterns)).toThrow(/^".{60}" is neither a server id nor a pattern\.$/);
    for (const text of ['[', ',[', '[,', '[1-9', '[1],', '1-99999,']) {
      expect(() => selectServers(ids, [text.repeat(200_000)])).toThrow(Failure);
      expect(() => selectServers(ids, [`x[1-${text.repeat(200_000)}]`])).toThrow(Failure);
    }
    expect(() => selectServers(ids, [`${'x'.repeat(1_000_000)}[1-99999]`])).toThrow(/is too long for a name\.$/);
  });
});

test('selected servers are in the inventory, without duplicates, in its order', () => {
  const id = fc.stringMatching(/^[a-c][a-c0-9-]{0,4}$/);
  const pattern = fc.oneof(id, fc.stringMatching(/^!?[a-c?*0-9-]{1,4}$/), fc.string());
  fc.assert(
    fc.property(fc.uniqueArray(id), fc.array(pattern, { maxLength: 4 }), (inventory, patterns) => {
      try {
        const selected = selectServers(inventory, patterns);
        expect(selected.length).toBeGreaterThan(0);
        expect(inventory.filter((each) => selected.includes(each))).toEqual(selected);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        expect((error as Failure).message).toMatch(/^\P{C}+$/u);
      }
    }),
    { numRuns: 1000 }
  );
});

test('excluding servers selects all others', () => {
  fc.assert(
    fc.property(fc.subarray(ids, { minLength: 1, maxLength: ids.length - 1 }), (some) => {
      const without = selectServers(
        ids,
        some.map((id) => `!${id}`)
      );
      expect([...selectServers(ids, some), ...without].sort()).toEqual([...ids].sort());
    })
  );
});
