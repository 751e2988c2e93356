import ssh2 from 'ssh2';

/**
 * Generates an ed25519 key pair in OpenSSH format. About one in 375 from ssh2 1.17 is malformed (a leading zero is lost), so
 * each is parsed before use.
 */
export function makeKey(comment = ''): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    const isWhole = [pair.private, pair.public].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
    if (isWhole) return pair;
  }
}
