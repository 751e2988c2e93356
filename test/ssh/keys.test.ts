import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkKeyFile, keyFileReader } from '../../src/ssh/keys.ts';
import { generateKey, skipsWithoutSshd } from '../support/sshd.ts';
import { startAgent } from '../support/ssh-agent.ts';
import type { SshAgent } from '../support/ssh-agent.ts';

describe.skipIf(skipsWithoutSshd())('a key file', () => {
  let dir: string;
  let agent: SshAgent;
  const file = (name: string) => path.join(dir, name);

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'fleetmark-keys-'));
    generateKey(file('plain'));
    generateKey(file('locked'), 'ed25519', 'sesame');
    generateKey(file('authority'));
    execFileSync('ssh-keygen', ['-q', '-s', file('authority'), '-I', 'id', '-n', 'root', file('plain.pub')]);
    agent = await startAgent();
  });
  afterAll(async () => {
    await agent.stop();
    rmSync(dir, { recursive: true });
  });

  const refusal = (name: string, content?: string | Buffer) => {
    if (content !== undefined) writeFileSync(file(name), content);
    return expect(checkKeyFile(file(name), { agentSocket: null })).rejects;
  };
  const says = (name: string, sentence: string) => ({
    kind: 'InvalidConfig',
    message: `the key file ${file(name)} ${sentence}`,
  });

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('of type %s can be used', async (type) => {
    generateKey(file(`usable_${type}`), type);
    expect(await checkKeyFile(file(`usable_${type}`), { agentSocket: null })).toBeUndefined();
  });

  test('in the old PEM format can be used', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file('pem'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
    expect(await keyFileReader()(file('pem'))).toMatchObject({ kind: 'private' });
  });

  test('that does not exist is named', () => refusal('absent').toMatchObject(says('absent', 'does not exist')));

  test('that is a folder is named', () =>
    expect(checkKeyFile(dir, { agentSocket: null })).rejects.toMatchObject({
      message: `the key file ${dir} is a folder`,
    }));

  test.each(['', 'hello', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'])(
    'with no key in it (%j) is refused',
    (content) => refusal('nonsense', content).toMatchObject(says('nonsense', 'is not an SSH key'))
  );

  test('with a passphrase needs an agent', () =>
    refusal('locked').toMatchObject(says('locked', 'needs a passphrase, and there is no ssh-agent that holds it')));

  test('with a passphrase is fine once the agent holds it', async () => {
    await expect(checkKeyFile(file('locked'), { agentSocket: agent.socket })).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: `the ssh-agent does not hold the key of ${file('locked')} (add it with ssh-add)`,
    });
    agent.add(file('locked'), 'sesame');
    expect(await checkKeyFile(file('locked'), { agentSocket: agent.socket })).toBeUndefined();
  });

  test('with a passphrase and without its public half says what is missing', async () => {
    generateKey(file('alone'), 'ed25519', 'sesame');
    rmSync(file('alone.pub'));
    await expect(checkKeyFile(file('alone'), { agentSocket: agent.socket })).rejects.toThrow(
      `${file('alone.pub')} is needed, which does not exist`
    );
  });

  test('that is an encrypted PKCS#8 key needs an agent, too', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
    return refusal('pkcs8', pem).toMatchObject({ message: expect.stringContaining('needs a passphrase') });
  });

  test('in PKCS#8 format says how to convert it', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    return refusal('plain8', pem).toMatchObject({ message: expect.stringContaining('ssh-keygen -p -f') });
  });

  test('that is a certificate is refused as one', () =>
    refusal('plain-cert.pub').toMatchObject(
      says('plain-cert.pub', 'is an OpenSSH certificate, which is not supported: use a plain key')
    ));

  test.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])(
    'of a security token (%s) is refused as one',
    (type) => {
      const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type), Buffer.alloc(40)]);
      return refusal('token', `${type} ${blob.toString('base64')} me\n`).toMatchObject({
        message: expect.stringContaining('security token (sk), which is not supported'),
      });
    }
  );

  test('that is a public key stands for its half in the agent', async () => {
    await refusal('plain.pub').toMatchObject({ message: expect.stringContaining('is a public key') });
    agent.add(file('plain'));
    expect(await checkKeyFile(file('plain.pub'), { agentSocket: agent.socket })).toBeUndefined();
  });

  test('is parsed once, and again when it changes', async () => {
    const read = keyFileReader();
    writeFileSync(file('swapped'), readFileSync(file('plain')));
    const first = await read(file('swapped'));
    expect(await read(file('swapped'))).toBe(first);
    rmSync(file('swapped'));
    generateKey(file('swapped'), 'rsa');
    expect(await read(file('swapped'))).not.toBe(first);
  });

  test('is never in a message, whatever is wrong with it', async () => {
    const key = readFileSync(file('plain'), 'utf8');
    writeFileSync(file('torn'), key.slice(0, key.length - 60));
    const failure = await checkKeyFile(file('torn'), { agentSocket: null }).catch((error: unknown) => error as Error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).not.toContain(key.split('\n')[1]!.slice(0, 20));
  });
});
