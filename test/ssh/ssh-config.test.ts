import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routeFinder } from '../../src/ssh-config/routes.ts';
import type { Account } from '../../src/source/surroundings.ts';
import { checkIdentities } from '../../src/ssh/keys/authentication.ts';
import { createSsh } from '../../src/ssh/create-ssh.ts';
import { configurationOf } from '../support/configuration.ts';
import { skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { skipsWithoutSsh } from '../support/ssh-client.ts';
import { silent } from '../support/silent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe.skipIf(skipsWithoutSshd() || skipsWithoutSsh())(
  'a server that is reached only by the ssh configuration',
  () => {
    let [jump, end, dir]: [Sshd, Sshd, string] = [null!, null!, ''];

    beforeAll(async () => {
      [jump, end] = await Promise.all([startSshd(), startSshd()]);
      dir = temporaryFolder('ssh-config');
      mkdirSync(join(dir, '.ssh'));
      // Both have the names of the aliases in known_hosts, and each key occurs once.
      const known = [`the-jump ${jump.hostKeys[0]}`, `the-end ${end.hostKeys[0]}`, ''].join('\n');
      writeFileSync(join(dir, 'known'), known);
      const ofBoth = `HostName 127.0.0.1\nUserKnownHostsFile ${dir}/known\nStrictHostKeyChecking no\n`;
      const config = `Host behind
  Port ${end.port}\n  User ${end.user}\n  IdentityFile ${end.keyFile}\n  ProxyJump front\n  HostKeyAlias the-end
Host front
  Port ${jump.port}\n  IdentityFile ${dir}/gone\n  IdentityFile ${jump.keyFile}\n  HostKeyAlias the-jump
Host wrong
  Port ${end.port}\n  IdentityFile ${end.keyFile}\n  HostKeyAlias the-jump
Host *\n${ofBoth}`;
      writeFileSync(join(dir, '.ssh/config'), config, { mode: 0o600 });
    });
    afterAll(async () => {
      await Promise.all([jump.stop(), end.stop()]);
    });

    async function run(host: string, account: Account, file: true | string): Promise<string> {
      const base = configurationOf({ servers: [host] });
      const server = { ...base.servers.get(host)!, host, port: null, user: null, keyFile: null, jumps: null };
      const configuration = {
        ...base,
        servers: new Map([[host, server]]),
        sshConfig: { file, knownHosts: false, agent: false },
      };
      const { routeOf } = routeFinder({ account, log: silent, checkKeys: checkIdentities });
      const ssh = createSsh({
        routeOf: async (serverId) => routeOf(configuration, serverId),
        settings: async () => ({ ...configuration.ssh, connectTimeoutMs: 10_000, giveUpAfterMs: 0 }),
        log: silent,
      });
      const { signal } = new AbortController();
      const command = { serverId: host, commandId: 'c', command: 'echo "$SSH_CONNECTION"', timeoutMs: 30_000, signal };
      try {
        return (await ssh.runCommand(command)).stdout;
      } finally {
        await ssh.close();
      }
    }

    const real = { home: userInfo().homedir, user: userInfo().username };
    test('an invalid key file is refused, with the configuration that names it', async () => {
      const config = join(dir, 'bad');
      writeFileSync(config, `IdentityFile ${dir}/known\n`);
      await expect(run('any', { ...real, env: process.env }, config)).rejects.toMatchObject({
        kind: 'InvalidConfig',
        message: expect.stringMatching(
          /no key to log in to any: .*known is not an SSH key; it is the IdentityFile of .*bad any" shows it\)$/
        ),
      });
    });

    test.each([
      [
        'a given configuration file',
        (): [Account, string | true] => [{ ...real, env: process.env }, join(dir, '.ssh/config')],
      ],
      [
        'the configuration of another HOME',
        (): [Account, string | true] => [{ home: dir, user: real.user, env: process.env }, true],
      ],
    ])('is reached through its jump host with %s', async (_, with_) => {
      const before = jump.log().match(/^Accepted publickey/gm)?.length ?? 0;
      expect(await run('behind', ...with_())).toMatch(new RegExp(`^127.0.0.1 \\d+ 127.0.0.1 ${end.port}$`, 'm'));
      expect(jump.log().match(/^Accepted publickey/gm)?.length).toBe(before + 1);
      // Host keys are checked strictly, for any value of StrictHostKeyChecking.
      await expect(run('wrong', ...with_())).rejects.toMatchObject({ kind: 'HostKeyMismatch' });
    });
  }
);
