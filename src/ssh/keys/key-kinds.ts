import { Failure } from '../../domain/failures/failure.ts';

const MISSING_IN_SSH2 = 'which ssh2, the SSH library of fleetmark, lacks';

/** What there is besides plain keys, and what to do instead. */
const unsupported = {
  certificate: () =>
    `an OpenSSH certificate, ${MISSING_IN_SSH2}: name the plain key, and put its public half into authorized_keys`,
  FIDO: () =>
    `a key of a security token (FIDO, sk), ${MISSING_IN_SSH2}: use a plain key, in a file or in the ssh-agent`,
  DSA: () => 'a DSA key, which can sign with SHA-1 only: make another one with ssh-keygen -t ed25519',
  PuTTY: (file: string) =>
    `a key of PuTTY (.ppk), ${MISSING_IN_SSH2}: convert it with puttygen ${file} -O private-openssh -o KEYFILE`,
  'PKCS#11': (file: string) =>
    `a PKCS#11 provider, ${MISSING_IN_SSH2}: add its keys to the ssh-agent with ssh-add -s ${file}, and name a file with the public key that ssh-add -L shows`,
};

/** @throws Failure InvalidConfig, always */
export function refuseUnsupported(kind: keyof typeof unsupported, file: string): never {
  throw new Failure('InvalidConfig', `the key file ${file} is ${unsupported[kind](file)}`);
}
