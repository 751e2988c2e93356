import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canMountFuse, runWithMounts, withDeadMount } from '../support/own-mounts.ts';
import { skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { accessTo, hopTo, type Access } from '../support/access.ts';

describe.skipIf(skipsWithoutSshd() || !canMountFuse)('files on an unresponsive mount', () => {
  let sshd: Sshd;
  let mount: string;
  const silent = (file: string) => `${path.join(mount, file)} did not answer within 10 s`;

  beforeAll(async () => {
    sshd = await startSshd();
    mount = path.join(sshd.dir, 'mount');
    mkdirSync(mount);
  });
  afterAll(() => sshd.stop());

  const to = (server: Partial<Access['server']>) => accessTo(sshd, { server, settings: { connectTimeoutMs: 5_000 } });

  test('delay only the servers that need them', async () => {
    const keys = Array.from({ length: 6 }, (_, index) => `key-${index}`);
    const all = [
      ...keys.map((key) => to({ identities: [{ keyFile: path.join(mount, key) }] })),
      to({ knownHostsFiles: [path.join(mount, 'known_hosts')] }),
      to({ jumps: [hopTo(sshd, { identities: [{ keyFile: path.join(mount, 'key-of-jump-host') }] })] }),
      to({}),
      to({ jumps: [hopTo(sshd)] }),
    ];
    const outcomes = await runWithMounts<string[]>(withDeadMount(mount), 'test/ssh/reach-all-process.ts', all);
    for (const [index, key] of keys.entries()) expect(outcomes[index]).toContain(silent(key));
    expect(outcomes[6]).toContain(silent('known_hosts'));
    expect(outcomes[7]).toContain(silent('key-of-jump-host'));
    expect(outcomes.slice(8)).toEqual(['connected', 'connected']);
  });
});
