import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStore } from '../../src/config/read-store.ts';
import { folderWith } from '../support/temporary-folder.ts';

function fileWith(text: string): string {
  return join(folderWith({ 'fleetmark.yaml': text }), 'fleetmark.yaml');
}

const none = { url: null, password: null, keepMs: null };

test('the store is read although the inventory is missing and another section is wrong', async () => {
  const file = fileWith('inventory: missing.ini\nbenchmarks: { cpu: { sampels: 3 } }\nstore: postgres://db/results\n');
  expect(await readStore(file)).toEqual({ ...none, url: 'postgres://db/results' });
});

test('a password file is relative to the configuration', async () => {
  const file = fileWith('store: { url: postgres://db/results, password: { file: secret }, keep: 2d }');
  const password = { file: join(file, '..', 'secret') };
  expect(await readStore(file)).toEqual({ url: 'postgres://db/results', password, keepMs: 2 * 24 * 3_600_000 });
});

test('without a file, or without a store in it, there is none', async () => {
  for (const file of [null, fileWith(''), fileWith('servers: { web-1: }')]) expect(await readStore(file)).toEqual(none);
});

test.each([
  ['a\nstore: b\n', /fleetmark\.yaml:\d+:\d+: /],
  ['- a\n', /fleetmark\.yaml:1:1: must be a map of keys and values, not a list/],
  ['servers:\nstore: mysql://db\n', /fleetmark\.yaml:2:8: store: must be postgres:/],
  ['store: { password: { env: A } }', /fleetmark\.yaml:1:20: store\.password: needs a url/],
  [
    'store: { url: postgres://db/x, password: hunter2 }',
    /store\.password: must have a file or an environment variable/,
  ],
])('a mistake is told with its place, and never with a password: %s', async (text, message) => {
  const error = await readStore(fileWith(text)).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ kind: 'InvalidConfig', message: expect.stringMatching(message) });
  expect((error as Error).message).not.toContain('hunter2');
});
