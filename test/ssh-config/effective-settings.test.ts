/** For generated configurations, a server and its jump host are reached as `ssh -G` says. */
import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findSsh } from '../../src/ssh-config/ask-ssh.ts';
import { hostSettings } from '../../src/ssh-config/host-settings.ts';
import { resolveRoute } from '../../src/ssh-config/resolve-route.ts';
import type { Destination } from '../../src/ssh-config/ssh-options.ts';
import { configurationOf } from '../support/configuration.ts';
import { skipsWithoutSsh } from '../support/ssh-client.ts';
import { folderWith } from '../support/temporary-folder.ts';

const { homedir: home, username } = userInfo();
const account = { home, user: username, env: process.env };

/** Many values equal a default, or the name of a host. */
const values = {
  HostName: ['localhost', '127.0.0.1', 'web', '%h', '10.0.0.9'],
  Port: ['22', '2201'],
  User: [username, 'bench'],
  IdentityFile: ['~/.ssh/id_rsa', '~/.ssh/id_ed25519', '/k/%h', 'none'],
  HostKeyAlias: ['localhost', 'web', 'alias'],
  UserKnownHostsFile: ['~/.ssh/known_hosts', '/known'],
};
const option = fc
  .constantFrom(...(Object.keys(values) as (keyof typeof values)[]))
  .chain((name) => fc.constantFrom(...values[name]).map((value) => `${name} ${value}`));
const options = (more: fc.Arbitrary<string>) => fc.array(fc.oneof(option, more), { maxLength: 5 });
const ofWeb = fc.constantFrom(
  ...['ProxyJump bastion', 'ProxyJump me@bastion:22', 'ProxyJump none'],
  ...['IdentitiesOnly yes', 'IdentitiesOnly no']
);
const config = fc
  .record({ web: options(ofWeb), bastion: options(option), localhost: options(option), all: options(option) })
  .map(({ web, bastion, localhost, all }) => {
    const blocks = { web, bastion, localhost, '*': all };
    return Object.entries(blocks)
      .map(([host, lines]) => `Host ${host}\n${lines.join('\n')}\n`)
      .join('');
  });
const destination = fc.record({
  host: fc.constantFrom('web', 'WEB', 'localhost', '127.0.0.1'),
  port: fc.constantFrom(null, 22, 23),
  user: fc.constantFrom(null, username, 'root', 'admin'),
});

function askedSsh(file: string, { host, port, user }: Destination): Map<string, string[]> {
  const login = [...(port === null ? [] : ['-p', String(port)]), ...(user === null ? [] : ['-l', user])];
  const said = new Map<string, string[]>();
  for (const line of execFileSync('ssh', ['-G', '-F', file, ...login, '--', host], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).split('\n')) {
    const [, name = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    said.set(name, [...(said.get(name) ?? []), value]);
  }
  return said;
}

const endOf = (said: Map<string, string[]>) =>
  ['hostname', 'port', 'user', 'hostkeyalias'].map((name) => said.get(name)?.[0]);

test.skipIf(skipsWithoutSsh())('settings that equal a default are kept, as ssh keeps them', async () => {
  const { ssh } = configurationOf({ servers: ['web-1'] });
  const use = { knownHosts: false, agent: false };
  const base = { serverId: 'web-1', keyFile: '/k', hostKey: null, jumps: null, hardwareClass: null, groups: [] };
  const endOfHop = ({ host, port, user, hostKeyAlias }: Awaited<ReturnType<typeof resolveRoute>>['jumps'][number]) => [
    host.toLowerCase(),
    String(port),
    user,
    hostKeyAlias ?? undefined,
  ];
  await fc.assert(
    fc.asyncProperty(config, destination, async (text, asked) => {
      const file = join(folderWith({ config: text }), 'config');
      const ask = await findSsh(file, account);
      const said = askedSsh(file, asked);
      const context = {
        account,
        settings: { ...ssh, agentSocket: '/agent' },
        use: { ...use, file },
        ask,
        checkKeys: async () => {},
      };
      const { jumps, ...end } = await resolveRoute({ ...base, ...asked }, context);
      expect(endOfHop(end)).toEqual(endOf(said));

      const { keyFiles, onlyKeyFiles } = hostSettings(await ask(asked), asked, account, false);
      const named = keyFiles ?? askedSsh('none', asked).get('identityfile');
      const files = said.get('identityfile')!.filter((name) => name !== 'none');
      const absolute = (path: string) => path.replace(/^~/, home).replace('%h', said.get('hostname')![0]!);
      const known = (all: Map<string, string[]>) => all.get('userknownhostsfile')![0]!.split(' ').map(absolute);
      const found = end.knownHostsFiles ?? known(askedSsh('none', asked));
      expect(found.slice(0, known(said).length)).toEqual(known(said));
      expect(named!.map(absolute)).toEqual(files.map(absolute));
      expect(onlyKeyFiles).toBe(said.get('identitiesonly')![0] === 'yes');

      const [, user = null, host, port] = /^(?:(.*)@)?([^:]*)(?::(.*))?$/.exec(said.get('proxyjump')?.[0] ?? 'none')!;
      const ofJump = { host: host!, user, port: port === undefined ? null : Number(port) };
      expect(jumps.map(endOfHop)).toEqual(host === 'none' ? [] : [endOf(askedSsh(file, ofJump))]);
    }),
    { numRuns: 60, examples: [['Host web\nHostName localhost\nPort 2201\n', { host: 'web', port: null, user: null }]] }
  );
});
