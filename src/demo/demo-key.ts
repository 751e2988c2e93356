import ssh2 from 'ssh2';

/**
 * A new ed25519 key pair in OpenSSH's format. About one in 375 that ssh2 1.17 makes is malformed (a leading zero is
 * lost), so each is read before it is used.
 */
export function makeKey(comment = ''): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    const isWhole = [pair.private, pair.public].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
    if (isWhole) return pair;
  }
}
