import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue, kindsOf } from '../../src/benchmarks/catalogue.ts';
import { readConfigurationFiles } from '../../src/config/read-configuration.ts';
import { routeFinder } from '../../src/ssh-config/routes.ts';
import { checkIdentities, checkKeyFile } from '../../src/ssh/keys/authentication.ts';
import { createSsh } from '../../src/ssh/create-ssh.ts';
import { skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { silent } from '../support/silent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe.skipIf(skipsWithoutSshd())('a server in an Ansible inventory', () => {
  let [jump, end, dir]: [Sshd, Sshd, string] = [null!, null!, ''];

  beforeAll(async () => {
    [jump, end] = await Promise.all([startSshd({ listenAddresses: ['::1'] }), startSshd()]);
    dir = temporaryFolder('ansible');
    mkdirSync(join(dir, 'group_vars'));
    const command = `ssh -i ${jump.keyFile} -W %h:%p -q -p ${jump.port} ${jump.user}@0:0::1`;
    writeFileSync(join(dir, 'hosts.ini'), 'příbor_7 ansible_host=127.0.0.1\n');
    writeFileSync(
      join(dir, 'group_vars/all.yml'),
      `port: ${end.port}\nansible_port: "{{ port }}"\nansible_ssh_common_args: -o ProxyCommand="${command}"\n`
    );
    writeFileSync(join(dir, 'ansible.cfg'), `[defaults]\nprivate_key_file = ${end.keyFile}\n`);
    const known = [jump, end].map(({ knownHostsFile }) => knownHostsFile);
    writeFileSync(
      join(dir, 'fleetmark.yaml'),
      `inventory: hosts.ini\nssh: { config: false, knownHosts: ${JSON.stringify(known)} }\n`
    );
  });
  afterAll(async () => {
    await Promise.all([jump.stop(), end.stop()]);
  });

  test('is reached with its group_vars, ansible.cfg and jump host key, even if its id is not ASCII', async () => {
    const account = { home: '/nonexistent/home', env: {}, user: userInfo().username };
    const surroundings = {
      kinds: kindsOf(catalogue),
      checkKeys: checkKeyFile,
      home: account.home,
      env: account.env,
      folder: dir,
    };
    const { configuration } = await readConfigurationFiles(
      { file: join(dir, 'fleetmark.yaml'), inventory: null },
      { ...surroundings, user: account.user }
    );
    const { routeOf } = routeFinder({ account, log: silent, checkKeys: checkIdentities });
    const ssh = createSsh({
      routeOf: async (serverId) => routeOf(configuration, serverId),
      settings: async () => ({ ...configuration.ssh, giveUpAfterMs: 0 }),
      log: silent,
    });
    const { signal } = new AbortController();
    const request = {
      serverId: 'příbor_7',
      commandId: 'c',
      command: 'echo "$SSH_CONNECTION"',
      timeoutMs: 30_000,
      signal,
    };
    try {
      expect((await ssh.runCommand(request)).stdout).toMatch(new RegExp(` 127.0.0.1 ${end.port}$`, 'm'));
      expect(jump.log()).toMatch(/^Accepted publickey for .* from ::1 /m);
    } finally {
      await ssh.close();
    }
  });
});
