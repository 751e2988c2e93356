import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectAgentKey } from '../../../src/ssh/keys/agent-keys.ts';
import { keyFileReader } from '../../../src/ssh/keys/key-file.ts';
import { checkKeyFile } from '../../../src/ssh/keys/authentication.ts';
import { generateKey, skipsWithoutSshd } from '../../support/sshd.ts';
import { startAgent, type SshAgent } from '../../support/ssh-agent.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe.skipIf(skipsWithoutSshd())('a key file', () => {
  let dir: string;
  let agent: SshAgent;
  const file = (name: string) => path.join(dir, name);

  const nothing = { agentSocket: null, passphrase: null };

  beforeAll(async () => {
    dir = temporaryFolder('keys');
    generateKey(file('plain'));
    generateKey(file('locked'), 'ed25519', 'sesame');
    generateKey(file('authority'));
    execFileSync('ssh-keygen', ['-q', '-s', file('authority'), '-I', 'id', '-n', 'root', file('plain.pub')]);
    agent = await startAgent();
  });
  afterAll(async () => {
    await agent.stop();
  });

  const refusal = (name: string, content?: string | Buffer) => {
    if (content !== undefined) writeFileSync(file(name), content);
    return expect(checkKeyFile(file(name), nothing)).rejects;
  };
  const says = (name: string, sentence: string) => ({
    kind: 'InvalidConfig',
    message: `the key file ${file(name)} ${sentence}`,
  });

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('of type %s can be used', async (type) => {
    generateKey(file(`usable_${type}`), type);
    expect(await checkKeyFile(file(`usable_${type}`), nothing)).toBeUndefined();
  });

  test('in the old PEM format can be used', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file('pem'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
    expect(await keyFileReader()(file('pem'))).toMatchObject({ kind: 'private' });
  });

  /** The same key with one changed number after a word in its unencrypted part. */
  const patched = (name: string, { after, skip, number }: { after: string; skip: number; number: number }): string => {
    const lines = readFileSync(file(name), 'utf8').trim().split('\n');
    const bytes = Buffer.from(lines.slice(1, -1).join(''), 'base64');
    bytes.writeUInt32BE(number, bytes.indexOf(after) + after.length + skip);
    return [lines[0], bytes.toString('base64'), lines.at(-1), ''].join('\n');
  };

  test('that declares zero keys is refused', () =>
    refusal('empty', patched('plain', { after: 'none', skip: 12, number: 0 })).toMatchObject(
      says('empty', 'is not an SSH key')
    ));

  test('that takes too long to unlock is refused', async () => {
    writeFileSync(file('slow'), patched('locked', { after: 'bcrypt', skip: 24, number: 2 ** 31 }));
    writeFileSync(file('word'), 'sesame\n', { mode: 0o600 });
    const settings = { agentSocket: null, passphrase: { file: file('word') } };
    const message =
      'takes 2147483648 rounds to unlock, more than 500: reduce them with ssh-keygen -p -a 100 -f KEYFILE, or add it to the ssh-agent';
    await expect(checkKeyFile(file('slow'), settings)).rejects.toMatchObject(
      says('slow', message.replace('KEYFILE', file('slow')))
    );
  });

  test('that does not exist is reported', () => refusal('absent').toMatchObject(says('absent', 'does not exist')));

  test('that is a folder is reported as a folder', () =>
    expect(checkKeyFile(dir, nothing)).rejects.toMatchObject({
      message: `the key file ${dir} is a folder, not a file`,
    }));

  test.each(['', 'hello', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'])(
    'without a key in it (%j) is refused',
    (content) => refusal('nonsense', content).toMatchObject(says('nonsense', 'is not an SSH key'))
  );

  test('with a passphrase needs an agent or ssh.passphrase', () =>
    refusal('locked').toMatchObject(
      says('locked', 'needs a passphrase: add the key to an ssh-agent, or set ssh.passphrase')
    ));

  test('with a passphrase is usable once the agent holds its key', async () => {
    await expect(checkKeyFile(file('locked'), { agentSocket: agent.socket, passphrase: null })).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: `the ssh-agent does not hold the key of ${file('locked')} (add it with ssh-add)`,
    });
    agent.add(file('locked'), 'sesame');
    expect(await checkKeyFile(file('locked'), { agentSocket: agent.socket, passphrase: null })).toBeUndefined();
  });

  test('with a passphrase and without a .pub file is found in the agent by the public half in the file', async () => {
    generateKey(file('alone'), 'ed25519', 'sesame');
    rmSync(file('alone.pub'));
    agent.add(file('alone'), 'sesame');
    expect(await checkKeyFile(file('alone'), { agentSocket: agent.socket, passphrase: null })).toBeUndefined();
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-m', 'PEM', '-N', 'sesame', '-f', file('alone_pem')]);
    rmSync(file('alone_pem.pub'));
    await expect(checkKeyFile(file('alone_pem'), { agentSocket: agent.socket, passphrase: null })).rejects.toThrow(
      `needs a passphrase, or its public half to find it in the ssh-agent; ${file('alone_pem.pub')} does not exist`
    );
  });

  test('in encrypted PKCS#8 format needs an agent, too', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
    return refusal('pkcs8', pem).toMatchObject({ message: expect.stringContaining('needs a passphrase') });
  });

  test('in PKCS#8 format can be used, except ed25519, where the message says how to convert it', async () => {
    for (const [name, { privateKey }] of [
      ['rsa8', generateKeyPairSync('rsa', { modulusLength: 2048 })],
      ['ec8', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ] as const) {
      writeFileSync(file(name), privateKey.export({ type: 'pkcs8', format: 'pem' }));
      expect(await checkKeyFile(file(name), nothing), name).toBeUndefined();
    }
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await refusal('plain8', pem).toMatchObject({ message: expect.stringContaining('ssh-keygen -p -f') });
  });

  const lacks = 'which ssh2, the SSH library of fleetmark, lacks';

  test('that is a certificate is refused as a certificate', () =>
    refusal('plain-cert.pub').toMatchObject(
      says(
        'plain-cert.pub',
        `is an OpenSSH certificate, ${lacks}: name the plain key, and put its public half into authorized_keys`
      )
    ));

  describe.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])(
    'for a security token (%s)',
    (type) => {
      const string = (value: Buffer | string) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(Buffer.from(value).length);
        return Buffer.concat([length, Buffer.from(value)]);
      };
      const blob = Buffer.concat([string(type), string(Buffer.alloc(32)), string('ssh:')]);
      const privateFile = (cipher: string) => {
        const count = Buffer.from([0, 0, 0, 1]);
        const parts = [string(cipher), string(cipher === 'none' ? 'none' : 'bcrypt'), string(''), count, string(blob)];
        const bytes = Buffer.concat([Buffer.from('openssh-key-v1\0'), ...parts, string(Buffer.alloc(64))]);
        const base64 = bytes.toString('base64');
        return `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n-----END OPENSSH PRIVATE KEY-----\n`;
      };

      test.each([
        ['a public key', `${type} ${blob.toString('base64')} me\n`],
        ['a private key', privateFile('none')],
        ['a private key with a passphrase', privateFile('aes256-ctr')],
      ])('is refused as such: %s', (_, content) =>
        refusal('token', content).toMatchObject(
          says(
            'token',
            `is a key of a security token (FIDO, sk), ${lacks}: use a plain key, in a file or in the ssh-agent`
          )
        )
      );
    }
  );

  test.each([[''], ['-m', 'PEM']])('with a DSA key is refused as DSA (%s)', async (...format) => {
    const name = `dsa${format.join('')}`;
    const how = format.filter((word) => word !== '');
    execFileSync('ssh-keygen', ['-q', '-t', 'dsa', ...how, '-N', '', '-f', file(name)]);
    const sentence = 'is a DSA key, which can sign only with SHA-1: create another key with ssh-keygen -t ed25519';
    await refusal(name).toMatchObject(says(name, sentence));
    await refusal(`${name}.pub`).toMatchObject(says(`${name}.pub`, sentence));
  });

  test.each(['2', '3'])('in PuTTY format %s is refused as PuTTY', async (version) => {
    const text = `PuTTY-User-Key-File-${version}: ssh-ed25519\r\nEncryption: none\r\nComment: me\r\n`;
    await refusal('putty.ppk', text).toMatchObject(
      says(
        'putty.ppk',
        `is a key of PuTTY (.ppk), ${lacks}: convert it with puttygen ${file('putty.ppk')} -O private-openssh -o KEYFILE`
      )
    );
  });

  test('that is a PKCS#11 provider, or names one, is refused as PKCS#11', async () => {
    const message = expect.stringContaining(`is a PKCS#11 provider, ${lacks}: add its keys to the ssh-agent`);
    await refusal('opensc.so', '\x7fELF\x02\x01').toMatchObject({ kind: 'InvalidConfig', message });
    await refusal('pkcs11:token=bench').toMatchObject({ kind: 'InvalidConfig', message });
  });

  test('with a public key selects its private half in the agent', async () => {
    await refusal('plain.pub').toMatchObject({ message: expect.stringContaining('is a public key') });
    agent.add(file('plain'));
    expect(await checkKeyFile(file('plain.pub'), { agentSocket: agent.socket, passphrase: null })).toBeUndefined();
  });

  test('is refused if the agent does not answer in time', async () => {
    const mute = createServer().listen(file('mute'));
    await once(mute, 'listening');
    const content = await keyFileReader()(file('plain.pub'));
    if (content.kind !== 'public') throw new Error(content.kind);
    await expect(selectAgentKey(file('mute'), content.key, file('plain.pub'), 100)).rejects.toThrow(
      `the ssh-agent at ${file('mute')} did not answer within 0.1 s`
    );
    mute.close();
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

  test('never appears in a message, even if it is broken', async () => {
    const key = readFileSync(file('plain'), 'utf8');
    writeFileSync(file('torn'), key.slice(0, key.length - 60));
    const failure = await checkKeyFile(file('torn'), nothing).catch((error: unknown) => error as Error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).not.toContain(key.split('\n')[1]!.slice(0, 20));
  });
});
