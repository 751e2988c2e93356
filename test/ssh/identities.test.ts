/** Which keys are tried, with ssh as the oracle. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSsh } from '../../src/ssh/create-ssh.ts';
import { checkIdentities } from '../../src/ssh/keys/authentication.ts';
import { routeFinder } from '../../src/ssh-config/routes.ts';
import { configurationOf } from '../support/configuration.ts';
import { generateKey, skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { startAgent, type SshAgent } from '../support/ssh-agent.ts';
import { skipsWithoutSsh } from '../support/ssh-client.ts';
import { silent } from '../support/silent.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The default keys of a home folder, and keys only in the ssh-agent. */
const files = ['id_ed25519', 'id_ecdsa', 'id_rsa'] as const;
type Key = (typeof files)[number] | 'other' | 'another';

interface Setup {
  /** In ~/.ssh, in this order. */
  present: readonly Key[];
  /** Whether the ssh configuration names those files. */
  named: boolean;
  onlyNamed: boolean;
  /** Present, but needs a passphrase. */
  locked: Key | null;
  /** Null: no ssh-agent. */
  agent: readonly Key[] | null;
  authorized: Key;
}

const keys = [...files, 'other', 'another'] as const;
const setups: fc.Arbitrary<Setup> = fc.record({
  present: fc.shuffledSubarray([...files]),
  named: fc.boolean(),
  onlyNamed: fc.boolean(),
  locked: fc.constantFrom(null, ...files),
  agent: fc.option(fc.shuffledSubarray([...keys])),
  authorized: fc.constantFrom(...keys),
});

const usual = { present: [...files], named: false, onlyNamed: false, locked: null, agent: null };
/** What failed before all keys were tried. */
const examples: [Setup][] = [
  [{ ...usual, named: true, authorized: 'id_rsa' }],
  [{ ...usual, authorized: 'id_rsa' }],
  [{ ...usual, agent: [], authorized: 'id_ed25519' }],
  [{ ...usual, agent: ['other'], authorized: 'id_ed25519' }],
  [{ ...usual, named: true, locked: 'id_ed25519', authorized: 'id_rsa' }],
  [{ ...usual, named: true, agent: ['other'], authorized: 'other' }],
  [{ ...usual, named: true, onlyNamed: true, agent: ['other'], authorized: 'other' }],
];

describe.skipIf(skipsWithoutSshd() || skipsWithoutSsh())('the keys for a server', () => {
  let sshd: Sshd;
  let store: string;
  beforeAll(async () => {
    sshd = await startSshd();
    store = temporaryFolder('identities');
    for (const name of keys) generateKey(join(store, name), name === 'id_rsa' ? 'rsa' : 'ed25519');
    for (const name of files) generateKey(join(store, `${name}.locked`), 'ed25519', 'sesame');
  });
  afterAll(() => sshd.stop());

  const keyAt = (name: Key, locked: Key | null) => join(store, name === locked ? `${name}.locked` : name);

  /** A home folder, an ssh configuration for ssh, and one for fleetmark; both lead to the sshd. */
  function homeOf({ present, named, onlyNamed, locked, authorized }: Setup) {
    const home = temporaryFolder('home', store);
    mkdirSync(join(home, '.ssh'));
    for (const name of present) {
      const key = keyAt(name, locked);
      writeFileSync(join(home, '.ssh', name), readFileSync(key), { mode: 0o600 });
      writeFileSync(join(home, '.ssh', `${name}.pub`), readFileSync(`${key}.pub`));
    }
    writeFileSync(join(sshd.dir, 'authorized_keys'), readFileSync(`${keyAt(authorized, locked)}.pub`));
    // Where ssh finds no default key, it must not find those of the account that runs the tests.
    const lines = present.map((name) => `IdentityFile ${home}/.ssh/${name}\n`);
    const common = `Host web\nHostName 127.0.0.1\nPort ${sshd.port}\nUser ${sshd.user}
UserKnownHostsFile ${sshd.knownHostsFile}\nIdentitiesOnly ${onlyNamed ? 'yes' : 'no'}\n`;
    const config = { ssh: join(home, 'ssh'), fleetmark: join(home, 'fleetmark') };
    writeFileSync(config.ssh, common + (lines.length > 0 ? lines.join('') : 'IdentityFile none\n'));
    writeFileSync(config.fleetmark, common + (named ? lines.join('') : ''));
    return { home, config };
  }

  async function sshAccepts(config: string, agent: SshAgent | null): Promise<boolean> {
    const { SSH_AUTH_SOCK: _, ...env } = process.env;
    const socket = agent === null ? {} : { SSH_AUTH_SOCK: agent.socket };
    const args = ['-F', config, '-o', 'BatchMode=yes', '-o', 'UpdateHostKeys=no', 'web', 'true'];
    return new Promise((resolve) => {
      const options = { env: { ...env, ...socket }, timeout: 30_000 };
      execFile('ssh', args, options, (error) => resolve(error === null));
    });
  }

  /** SSH of fleetmark, and how its connection to the server ends: `connected`, or the failure. */
  function fleetmark(file: string, home: string, agent: SshAgent | null) {
    const base = configurationOf({ servers: ['web'] });
    const server = { ...base.servers.get('web')!, host: 'web', port: null, user: null, keyFile: null, jumps: null };
    const settings = {
      ...{ ...base.ssh, agentSocket: agent?.socket ?? null },
      ...{ connectTimeoutMs: 30_000, giveUpAfterMs: 0 },
    };
    const sshConfig = { file, knownHosts: false, agent: false };
    const configuration = { ...base, servers: new Map([['web', server]]), ssh: settings, sshConfig };
    const account = { home, user: userInfo().username, env: process.env };
    const { routeOf } = routeFinder({ account, log: silent, checkKeys: checkIdentities });
    let open = 0;
    const ssh = createSsh({
      routeOf: async (serverId) => routeOf(configuration, serverId),
      settings: async () => settings,
      log: silent,
      idleMs: 0,
      onOpenChange: (count) => (open = count),
    });
    const outcome = async (): Promise<string> =>
      ssh.connection({ serverId: 'web', signal: new AbortController().signal }).then(
        () => 'connected',
        (error: { kind: string; message: string }) => `${error.kind}: ${error.message}`
      );
    return { outcome, open: () => open, close: () => ssh.close() };
  }

  async function withSetup<T>(setup: Setup, use: (agent: SshAgent | null) => Promise<T>): Promise<T> {
    if (setup.agent === null) return use(null);
    const agent = await startAgent();
    try {
      for (const name of setup.agent) agent.add(join(store, name));
      return await use(agent);
    } finally {
      await agent.stop();
    }
  }

  async function outcomeOf(setup: Setup): Promise<string> {
    const { home, config } = homeOf(setup);
    return withSetup(setup, async (agent) => {
      const ours = fleetmark(config.fleetmark, home, agent);
      const outcome = await ours.outcome();
      await ours.close();
      return outcome;
    });
  }

  test('are those that ssh tries', async () => {
    await fc.assert(
      fc.asyncProperty(setups, async (setup) => {
        const outcome = await outcomeOf(setup);
        const { config } = homeOf(setup);
        const accepts = await withSetup(setup, (agent) => sshAccepts(config.ssh, agent));
        expect([outcome, outcome === 'connected']).toEqual([outcome, accepts]);
      }),
      { numRuns: 25, examples }
    );
  });

  test('are all named when the server refuses them, with the reason for those that cannot be used', async () => {
    const refused = { ...usual, named: true, agent: ['other'], authorized: 'another' } as const;
    const message = await outcomeOf({ ...refused, locked: 'id_ecdsa' });
    expect(message).toMatch(
      /^AuthenticationFailed: .* with \S+\/id_ed25519, \S+\/id_rsa and the key of the ssh-agent: it refused this user, these keys or all keys of these types \(ssh-ed25519, ssh-rsa\); not tried: the ssh-agent does not hold the key of \S+\/id_ecdsa \(add it with ssh-add\)$/
    );
  });

  test('are an error that says why each of them cannot be used, if none can', async () => {
    const setup = { ...usual, present: ['id_rsa'], locked: 'id_rsa', authorized: 'other' } as const;
    expect(await outcomeOf({ ...setup, agent: [] })).toMatch(
      /^InvalidConfig: no key to log in to web: the ssh-agent has no usable keys .*; the ssh-agent does not hold the key of \S+id_rsa \(add it with ssh-add\); it is the default key$/
    );
  });

  test('begin with the one that the server accepted last, so that no further attempts fail there', async () => {
    const setup: Setup = { ...usual, agent: ['other', 'another'], authorized: 'id_rsa' };
    const { home, config } = homeOf(setup);
    /** The port of the client for each key that the server accepted. */
    const logins = () => [...sshd.log().matchAll(/Accepted publickey .* port (\d+)/g)].map(([, port]) => port!);
    await withSetup(setup, async (agent) => {
      const ours = fleetmark(config.fleetmark, home, agent);
      const triedKeys = async () => {
        const before = logins().length;
        expect(await ours.outcome()).toBe('connected');
        await expect.poll(() => logins().length).toBe(before + 1); // the log arrives a moment later
        await expect.poll(ours.open).toBe(0);
        return sshd.log().match(new RegExp(`(?:Failed|Accepted) publickey .* port ${logins().at(-1)} `, 'g'))!.length;
      };
      expect([await triedKeys(), await triedKeys()]).toEqual([5, 1]);
      await ours.close();
    });
  });
});
