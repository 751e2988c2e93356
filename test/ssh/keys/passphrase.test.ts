import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { authenticator, checkKeyFile } from '../../../src/ssh/keys/authentication.ts';
import { outputOf, withPassphrase } from '../../../src/ssh/keys/passphrase.ts';
import { startAgent } from '../../support/ssh-agent.ts';
import { skipsWithoutSshd } from '../../support/sshd.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const secret = 'open sesame, éàü';
let dir: string;
const file = (name: string) => path.join(dir, name);
beforeAll(() => (dir = temporaryFolder('passphrase')));

function passphraseFile(content: string, mode = 0o600): { file: string } {
  rmSync(file('secret'), { force: true });
  writeFileSync(file('secret'), content, { mode });
  return { file: file('secret') };
}
const textOf = async (source: Parameters<typeof withPassphrase>[0]) =>
  withPassphrase(source, (passphrase) => passphrase.toString());
const says = (message: string) => ({ kind: 'InvalidConfig', message });

describe('a passphrase', () => {
  test.each([`${secret}`, `${secret}\n`, `${secret}\r\nsecond line`])(
    'is the first line of a file (%j)',
    async (text) => {
      expect(await textOf(passphraseFile(text))).toBe(secret);
    }
  );

  test('is the first line of the output of a command', async () => {
    expect(await textOf({ command: `echo '${secret}'; echo more` })).toBe(secret);
  });

  test('is overwritten after use', async () => {
    for (const source of [passphraseFile(secret), { command: `echo '${secret}'` }]) {
      const kept = await withPassphrase(source, (passphrase) => passphrase);
      expect(kept).toEqual(Buffer.alloc(Buffer.byteLength(secret)));
    }
  });

  test.each([0o640, 0o604, 0o620])('in a file that others can access (%o) is refused', async (mode) => {
    const source = passphraseFile(secret);
    execFileSync('chmod', [mode.toString(8), source.file]);
    const message = `the passphrase file ${source.file} can be read by others: chmod 600 ${source.file}`;
    await expect(textOf(source)).rejects.toMatchObject(says(message));
  });

  test.each([
    ['that does not exist', () => file('absent'), 'does not exist'],
    ['that is a folder', () => dir, 'is not a file'],
    ['that is too large', () => passphraseFile('x'.repeat(70_000)).file, 'is too large for a passphrase'],
    ['that is empty', () => passphraseFile('\n').file, 'begins with an empty line instead of a passphrase'],
  ])('in a file %s is refused', async (_, name, why) => {
    const source = { file: name() };
    await expect(textOf(source)).rejects.toMatchObject(says(`the passphrase file ${source.file} ${why}`));
  });

  test('in a pipe without a writer is refused without waiting', async () => {
    execFileSync('sh', ['-c', `mkfifo -m 600 '${file('pipe')}'`]);
    await expect(textOf({ file: file('pipe') })).rejects.toMatchObject(
      says(`the passphrase file ${file('pipe')} is not a file`)
    );
  });

  const command = 'the command of ssh.passphrase';
  test.each([
    ['exit 3', `${command} failed with status 3`],
    ['echo no such entry >&2; exit 1', `${command} failed with status 1: no such entry`],
    ['kill -9 $$', `${command} was killed by SIGKILL`],
    ['true', `the output of ${command} begins with an empty line instead of a passphrase`],
    ['printf "a\\033[2Jb\\nc\\n" >&2; exit 1', `${command} failed with status 1: a [2Jb c`],
  ])('from a command that fails (%j) is refused with the reason', async (line, message) => {
    await expect(textOf({ command: line })).rejects.toMatchObject(says(message));
  });

  test('from a command that fails appears in no message, even if the command prints it to stderr', async () => {
    const line = `echo 'hunter2'; echo 'second'; echo "wrong: hunter2 and second" >&2; exit 1`;
    const failure = await textOf({ command: line }).catch((error: unknown) => error as Error);
    expect((failure as Error).message).toBe(`${command} failed with status 1: wrong: *** and ***`);
  });

  test('from a command with a long stderr is refused with the beginning of it', async () => {
    const failure = textOf({ command: 'head -c 1000000 /dev/zero | tr "\\0" x >&2; exit 1' });
    await expect(failure).rejects.toMatchObject({ message: expect.stringMatching(/^.{1,260}$/) });
  });

  test('from a command that never ends is refused, and all processes of the command end', async () => {
    const line = `(sleep 300; :) & echo $! >${file('pid')}; wait`;
    await expect(outputOf(line, 500)).rejects.toMatchObject(says(`${command} did not end within 0.5 s`));
    const status = `/proc/${readFileSync(file('pid'), 'utf8').trim()}/stat`;
    await expect.poll(() => !existsSync(status) || readFileSync(status, 'utf8').includes(') Z ')).toBe(true);
  });

  test('from a command that leaves a process running is available', async () => {
    const line = `sleep 300 & echo $! >${file('left')}; echo '${secret}'`;
    expect(await textOf({ command: line })).toBe(secret);
    process.kill(Number(readFileSync(file('left'), 'utf8')), 'SIGKILL');
  });
});

describe.skipIf(skipsWithoutSshd())('an encrypted key', () => {
  const kinds: [string, string[]][] = [
    ['ed25519', ['-t', 'ed25519']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
    ['ecdsa', ['-t', 'ecdsa']],
    ['ecdsa-521', ['-t', 'ecdsa', '-b', '521']],
    ['rsa-pem', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['ecdsa-pem', ['-t', 'ecdsa', '-m', 'PEM']],
    ['rsa-pkcs8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
    ['ecdsa-pkcs8', ['-t', 'ecdsa', '-m', 'PKCS8']],
    ['ed25519-gcm', ['-t', 'ed25519', '-Z', 'aes256-gcm@openssh.com']],
  ];
  const right = () => ({ agentSocket: null, passphrase: passphraseFile(secret) });

  beforeAll(() => {
    for (const [name, type] of kinds)
      execFileSync('ssh-keygen', ['-q', ...type, '-a', '4', '-N', secret, '-f', file(name)]);
  });

  test.each(kinds)('of kind %s is unlocked by its passphrase only', async (name) => {
    expect(await checkKeyFile(file(name), right())).toBeUndefined();
    for (let i = 0; i < 5; i++) {
      const wrong = { agentSocket: null, passphrase: passphraseFile(`${secret}${i}`) };
      const message = `the passphrase of ssh.passphrase is wrong for the key file ${file(name)}`;
      await expect(checkKeyFile(file(name), wrong)).rejects.toMatchObject(says(message));
    }
  });

  test('of type ed25519 in PKCS#8 format is refused with advice to convert it', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: secret });
    writeFileSync(file('ed8'), pem);
    await expect(checkKeyFile(file('ed8'), right())).rejects.toThrow(`ssh-keygen -p -f ${file('ed8')}`);
  });

  test('is unlocked once for many connections, by one run of the command', async () => {
    const passphrase = { command: `echo x >>${file('runs')}; echo '${secret}'` };
    const authenticate = authenticator();
    const hop = { host: 'web-1', port: 22, user: 'bench', identities: [{ keyFile: file('ed25519') }] };
    const many = Array.from({ length: 50 }, async () => authenticate(hop, { agentSocket: null, passphrase }));
    const [first] = await Promise.all(many);
    expect(first!.offers).toMatchObject([{ method: { type: 'publickey' }, name: file('ed25519') }]);
    await authenticate(hop, { agentSocket: null, passphrase });
    expect(readFileSync(file('runs'), 'utf8')).toBe('x\n');
  });

  test('needs its passphrase only if the agent does not hold it', async () => {
    const agent = await startAgent();
    try {
      agent.add(file('ecdsa'), secret);
      const passphrase = { command: 'exit 1' };
      const settings = { agentSocket: agent.socket, passphrase };
      expect(await checkKeyFile(file('ecdsa'), settings)).toBeUndefined();
      await expect(checkKeyFile(file('rsa'), settings)).rejects.toThrow('the command of ssh.passphrase failed');
      expect(await checkKeyFile(file('rsa'), { ...right(), agentSocket: agent.socket })).toBeUndefined();
      expect(await checkKeyFile(file('rsa'), { ...right(), agentSocket: file('no-agent') })).toBeUndefined();
    } finally {
      await agent.stop();
    }
  });
});
