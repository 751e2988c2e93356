import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { accessTo, sshToAll } from '../support/access.ts';
import { configurationOf } from '../support/configuration.ts';
import { startHostileServer } from '../support/hostile-server.ts';

/** What releasing a server returns, or throws, if it gives that answer to `clean`. */
async function releaseOf(values: string, lines: readonly string[]): Promise<unknown> {
  const body = lines.map((line) => `${line}\n`).join('');
  const server = await startHostileServer((asked) => {
    if (asked.scriptName === 'clean') asked.say(`${values} outlen=${body.length}`, body);
    return undefined;
  });
  onTestFinished(() => void server.close());
  const { server: target, settings } = accessTo(server);
  const ssh = sshToAll([target], settings);
  onTestFinished(() => ssh.close());
  const configuration = { ...configurationOf({ servers: ['web-7'] }), ssh: settings };
  const { releaseServer } = createActivities({ configuration: async () => configuration, ssh });
  const host = { base: '/var/tmp/.fleetmark.1000', freeKib: 1_000_000, bootId: 'boot-1' };
  return new MockActivityEnvironment()
    .run(releaseServer, { serverId: 'web-7', host, prefix: 'run' })
    .catch((error: unknown) => error);
}

test('a server that answers thousands of leftover processes gets a result that fits into a history', async () => {
  const processes = Array.from({ length: 30_000 }, (_, index) => `${index + 1} other ${'x'.repeat(20)}`);
  const left = await releaseOf('running=0', processes);
  expect(left).toHaveLength(51);
  expect(left).toMatchObject({ 0: `${'x'.repeat(20)} (1 of another user)`, 50: '29950 more' });
});

test('a server that answers thousands of running jobs is not asked to end each of them', async () => {
  const jobs = Array.from({ length: 30_000 }, (_, index) => `run.${index}`);
  expect(await releaseOf('running=1', jobs)).toMatchObject({
    type: 'HostUnsuitable',
    message: expect.stringContaining('the server sent an invalid answer to the script "clean"'),
  });
});
