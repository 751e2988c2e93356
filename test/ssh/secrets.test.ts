import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SshSettings, Route } from '../../src/domain/servers/server.ts';
import { startAgent, type SshAgent } from '../support/ssh-agent.ts';
import { generateKey, skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { accessTo, sshTo } from '../support/access.ts';

describe.skipIf(skipsWithoutSshd())('key material and passphrases', () => {
  const passphrase = 'correct-horse-battery';
  let sshd: Sshd;
  let agent: SshAgent;
  /** Must appear nowhere: the passphrase, and each line of each private key, encrypted and decrypted. */
  let secrets: string[];
  const file = (name: string) => path.join(sshd.dir, name);

  beforeAll(async () => {
    sshd = await startSshd();
    agent = await startAgent();
    for (const [name, type] of [
      ['locked_ed25519', ['-t', 'ed25519']],
      ['locked_rsa', ['-t', 'rsa', '-b', '2048']],
      ['locked_pem', ['-t', 'ecdsa', '-m', 'PEM']],
    ] as const) {
      execFileSync('ssh-keygen', ['-q', ...type, '-a', '4', '-N', passphrase, '-f', file(name)]);
      copyFileSync(file(name), file(`${name}_opened`));
      execFileSync('ssh-keygen', ['-q', '-p', '-P', passphrase, '-N', '', '-f', file(`${name}_opened`)]);
      writeFileSync(file('authorized_keys'), readFileSync(file(`${name}.pub`)), { flag: 'a' });
    }
    generateKey(file('wrong'));
    agent.add(file('wrong'));
    writeFileSync(file('secret'), `${passphrase}\n`, { mode: 0o600 });
    writeFileSync(file('open_secret'), `${passphrase}\n`, { mode: 0o644 });
    const names = ['locked_ed25519', 'locked_rsa', 'locked_pem'].flatMap((name) => [name, `${name}_opened`]);
    const lines = [...names, 'wrong', 'client_key'].flatMap((name) => readFileSync(file(name), 'utf8').split('\n'));
    secrets = [passphrase, 'PRIVATE KEY', ...lines.filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line))];
  });
  afterAll(async () => {
    await agent.stop();
    await sshd.stop();
  });

  /** The log of one connection at level trace and its result or error, with causes and stacks. */
  async function storyOf(server: Partial<Route>, settings: Partial<SshSettings>): Promise<string> {
    let log = '';
    const stream = new Writable({ write: (chunk, _, done) => ((log += String(chunk)), done()) });
    const ssh = sshTo(accessTo(sshd, { server, settings }), { log: pino({ level: 'trace' }, stream) });
    const ending: unknown = await ssh.run('echo worked').catch((error: unknown) => error);
    await ssh.close();
    const { message } = ending as Error;
    return [log, message, inspect(ending, { depth: 20, showHidden: true })].join('\n');
  }

  const cases: [string, string, () => [Partial<Route>, Partial<SshSettings>]][] = [
    ['a key without a passphrase', 'worked', () => [{}, {}]],
    [
      'a passphrase file',
      'worked',
      () => [{ identities: [{ keyFile: file('locked_ed25519') }] }, { passphrase: { file: file('secret') } }],
    ],
    [
      'a passphrase command',
      'worked',
      () => [
        { identities: [{ keyFile: file('locked_rsa') }] },
        { passphrase: { command: `echo ${passphrase}; echo ${passphrase} >&2` } },
      ],
    ],
    [
      'a key in the PEM format',
      'worked',
      () => [{ identities: [{ keyFile: file('locked_pem') }] }, { passphrase: { file: file('secret') } }],
    ],
    [
      'a wrong passphrase',
      'is wrong for the key file',
      () => [{ identities: [{ keyFile: file('locked_rsa') }] }, { passphrase: { command: `echo ${passphrase}x` } }],
    ],
    [
      'a command that fails and prints the passphrase',
      'failed with status 1',
      () => [
        { identities: [{ keyFile: file('locked_rsa') }] },
        { passphrase: { command: `echo ${passphrase}; echo "not ${passphrase}" >&2; exit 1` } },
      ],
    ],
    [
      'a passphrase file that others can read',
      'can be read by others',
      () => [{ identities: [{ keyFile: file('locked_pem') }] }, { passphrase: { file: file('open_secret') } }],
    ],
    [
      'a key as the passphrase file',
      'is wrong for',
      () => [{ identities: [{ keyFile: file('locked_pem') }] }, { passphrase: { file: file('wrong') } }],
    ],
    ['a key that is refused', 'AuthenticationFailed', () => [{ identities: [{ keyFile: file('wrong') }] }, {}]],
    [
      'an agent whose key is refused',
      'AuthenticationFailed',
      () => [{ identities: ['ssh-agent'] }, { agentSocket: agent.socket }],
    ],
    ['an unknown host key', 'HostKeyUnknown', () => [{}, { knownHostsFiles: [file('absent')] }]],
    ['a private key as known_hosts', 'HostKeyUnknown', () => [{}, { knownHostsFiles: [file('wrong')] }]],
    [
      'a new host key',
      'worked',
      () => [
        { identities: [{ keyFile: file('locked_ed25519') }] },
        { knownHostsFiles: [file('new')], hostKeys: 'accept-new', passphrase: { file: file('secret') } },
      ],
    ],
  ];

  test.each(cases)('appear in no trace log and no error, with %s', async (_, ending, access) => {
    const story = await storyOf(...access());
    expect(story).toContain(ending);
    expect(secrets.length).toBeGreaterThan(20);
    expect(secrets.filter((secret) => story.includes(secret))).toEqual([]);
  });

  test('are searched for in a complete log, down to the packets', async () => {
    expect(await storyOf({}, {})).toMatch(/"level":10,.*CHANNEL_/);
  });
});
