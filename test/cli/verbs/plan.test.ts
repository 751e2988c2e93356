import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkConfiguration } from '../../../src/cli/options/local-configuration.ts';
import { plan } from '../../../src/cli/verbs/plan.ts';
import { folderWith } from '../../support/temporary-folder.ts';
import { fakeTerminal } from '../terminal.ts';

test('a plan is refused as its run would be, if an action lacks a secret or a program; a check of the file says so', async () => {
  const actions = {
    page: { slack: { url: { env: 'PLAN_TEST_NONE' } } },
    drain: { command: ['/none/drain'], limit: '5%' },
  };
  const settings = { ssh: { key: 'key' }, servers: { 'web-1': {} }, actions };
  const folder = folderWith({ 'fleetmark.yaml': JSON.stringify(settings) });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const config = join(folder, 'fleetmark.yaml');
  const env = { HOME: folder };
  const problems = [
    'actions.page.slack.url: the environment variable PLAN_TEST_NONE is not set',
    'actions.drain.command: this worker has no program "/none/drain"',
  ];
  await expect(plan({ config }, fakeTerminal({ env }))).rejects.toMatchObject({
    ...{ kind: 'InvalidConfig', message: problems.join('\n') },
  });
  const terminal = fakeTerminal({ env });
  expect(await checkConfiguration({ config }, terminal)).toBe(0);
  for (const problem of problems) expect(terminal.written('stderr')).toContain(`${problem}; a worker that lacks it`);
});
