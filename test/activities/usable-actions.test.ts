import { expect, test } from 'vitest';
import { usableActions } from '../../src/activities/usable-actions.ts';
import type { ActionSettings } from '../../src/domain/actions/action.ts';
import { keepStore } from '../../src/store/kept-store.ts';

const page: ActionSettings = {
  ...{
    name: 'page',
    verdicts: ['fail'],
    onRecovery: true,
    per: 'run',
    asServersEnd: false,
    limit: null,
    dryRun: false,
  },
  does: { kind: 'slack', url: { env: 'SLACK' } },
};
const run = { checkOnly: false, measureOnly: false };
const results = keepStore(async () => ({ address: null, keepMs: null }));

test('without a results store, a run with actions is refused, with what to do', async () => {
  const refusal = { kind: 'InvalidConfig', message: expect.stringMatching(/^actions: .*; set "store", or remove/) };
  await expect(usableActions({ results }, { actions: [page] }, run)).rejects.toMatchObject(refusal);
  await expect(usableActions({ results: null }, { actions: [page] }, run)).rejects.toMatchObject(refusal);
});

test('a check, a measurement and a configuration without actions need none', async () => {
  for (const of of [{ checkOnly: true }, { measureOnly: true }])
    expect(await usableActions({ results }, { actions: [page] }, { ...run, ...of })).toEqual([]);
  expect(await usableActions({ results }, { actions: [] }, run)).toEqual([]);
});
