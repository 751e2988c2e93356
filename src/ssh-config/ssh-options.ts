/** The arguments of ssh. */
export interface Destination {
  host: string;
  port: number | null;
  user: string | null;
}

export interface SshAnswer {
  /** Values by lower-case option name, without the defaults of ssh. */
  options: ReadonlyMap<string, readonly string[]>;
  /** The command that shows these options, for messages. */
  from: string;
  /** The files and folders that it depends on, whether or not they exist. */
  files: string[];
}

/** Options that fleetmark uses, by their names in `ssh -G`. */
export const followedOptions: readonly string[] = [
  ...['hostname', 'port', 'user', 'identityfile', 'identitiesonly', 'identityagent', 'proxyjump', 'hostkeyalias'],
  ...['userknownhostsfile', 'globalknownhostsfile'],
];

/**
 * Unsupported options that would change where a connection leads, its account, or which host keys it trusts. Ignoring
 * them could reach another server or another account than the user wants, so each is an error with this reason.
 */
export const refusedOptions: ReadonlyMap<string, string> = new Map([
  ['proxycommand', 'the only supported command is "ssh -W %h:%p BASTION"; use ProxyJump for jump hosts'],
  ['proxyusefdpass', 'it requires a ProxyCommand'],
  ['certificatefile', 'OpenSSH certificates are not supported'],
  ['pkcs11provider', 'PKCS#11 tokens are not supported; load the key into an ssh-agent'],
  ['securitykeyprovider', 'security keys (FIDO) are not supported'],
  ['revokedhostkeys', 'mark revoked keys with @revoked in a known_hosts file'],
  ['knownhostscommand', 'write the host keys to a known_hosts file'],
  ['bindaddress', 'the system chooses the source address'],
  ['bindinterface', 'the system chooses the network interface'],
  ['pubkeyauthentication', 'keys are the only supported way to log in'],
]);
