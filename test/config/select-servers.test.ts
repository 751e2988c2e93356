import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { matchesPattern, selectServers } from '../../src/config/select-servers.ts';

const ids = ['web-2', 'web-1', 'web-10', 'db-1', '10'];

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

describe('a selection that cannot be meant is refused', () => {
  test.each([
    [['web-3'], 'UnknownServer', '"web-3" is not in the inventory; did you mean "web-2"?'],
    [['!web-11'], 'UnknownServer', '"web-11" is not in the inventory; did you mean "web-1"?'],
    [['unheard-of'], 'UnknownServer', '"unheard-of" is not in the inventory.'],
    [['Web-1'], 'UnknownServer', '"Web-1" is not in the inventory; did you mean "web-1"?'],
    [['web-1', 'gpu-*'], 'InvalidInput', '"gpu-*" matches no server of the inventory.'],
    [['!gpu-*'], 'InvalidInput', '"gpu-*" matches no server of the inventory.'],
    [['web-1', '!web-*'], 'InvalidInput', 'The selection "web-1", "!web-*" leaves no server.'],
    [['!*'], 'InvalidInput', 'The selection "!*" leaves no server.'],
    [[''], 'InvalidInput', '"" is neither a server id nor a pattern of one.'],
    [['!'], 'InvalidInput', '"" is neither a server id nor a pattern of one.'],
    [['!!web-1'], 'InvalidInput', '"!web-1" is neither a server id nor a pattern of one.'],
    [['web-1; reboot'], 'InvalidInput', '"web-1; reboot" is neither a server id nor a pattern of one.'],
    [['web-[12]'], 'UnknownServer', '"web-12" is not in the inventory; did you mean "web-2"?'],
    [['web-[1-3]'], 'UnknownServer', '"web-3" is not in the inventory; did you mean "web-2"?'],
    [['web-[3-1]'], 'InvalidInput', 'The selection is wrong: "web-[3-1]": "3-1" ends before it begins.'],
    [['web-[a]'], 'InvalidInput', '"web-[a]" is neither a server id nor a pattern of one.'],
    [['web-[1,2'], 'InvalidInput', '"web-[1,2" is neither a server id nor a pattern of one.'],
    [['[1-99999]', '[1-99999]'], 'InvalidInput', 'The selection is more than 100000 patterns.'],
    [['a\u001b[2J\n'], 'InvalidInput', '"a\\u001b[2J" is neither a server id nor a pattern of one.'],
    [['__proto__'], 'InvalidInput', '"__proto__" matches no server of the inventory.'],
    [['constructor'], 'UnknownServer', '"constructor" is not in the inventory.'],
  ])('%j', (patterns, kind, message) => {
    expect(() => selectServers(ids, patterns)).toThrow(expect.objectContaining({ kind, message }));
  });

  test('more wildcards than can be compared in a moment', () => {
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
    expect(() => selectServers(ids, patterns)).toThrow(/^".{60}" is neither a server id nor a pattern of one\.$/);
    for (const text of ['[', ',[', '[,', '[1-9', '[1],', '1-99999,']) {
      expect(() => selectServers(ids, [text.repeat(200_000)])).toThrow(Failure);
      expect(() => selectServers(ids, [`x[1-${text.repeat(200_000)}]`])).toThrow(Failure);
    }
    expect(() => selectServers(ids, [`${'x'.repeat(1_000_000)}[1-99999]`])).toThrow(/is too long for a name\.$/);
  });
});

test('wildcards match what the same regular expression matches', () => {
  const pattern = fc.stringMatching(/^[ab?*]{0,8}$/);
  const text = fc.stringMatching(/^[ab]{0,8}$/);
  fc.assert(
    fc.property(pattern, text, (wildcards, id) => {
      const expression = new RegExp(`^${wildcards.replaceAll('?', '.').replaceAll('*', '.*')}$`);
      expect(matchesPattern(id, wildcards)).toBe(expression.test(id));
    }),
    { numRuns: 2000 }
  );
});

test('a pattern of many wildcards ends', () => {
  expect(matchesPattern('a'.repeat(100), '*a'.repeat(49) + '*b')).toBe(false);
});

test('whatever is selected is in the inventory, once, in its order', () => {
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

test('taking servers away and naming them are opposites', () => {
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
