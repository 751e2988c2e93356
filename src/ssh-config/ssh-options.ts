/** What would stand on the command line of ssh. */
export interface AskedHost {
  host: string;
  port: number | null;
  user: string | null;
}

export interface SshAnswer {
  /** By the name of the option in lower case; nothing that ssh does by default. */
  options: ReadonlyMap<string, readonly string[]>;
  /** Where that is written, for messages. */
  from: string;
  /** The files and folders that it depends on, whether or not they exist. */
  files: string[];
}

/** By their names in `ssh -G`. */
export const followedOptions: readonly string[] = [
  ...['hostname', 'port', 'user', 'identityfile', 'identitiesonly', 'identityagent', 'proxyjump', 'hostkeyalias'],
  ...['userknownhostsfile', 'globalknownhostsfile'],
];

/**
 * Options that would change where a connection leads, as whom, or whom it trusts, and that are not followed here. To
 * ignore them would mean another server, another account or less caution than the user asked for.
 */
export const refusedOptions: ReadonlyMap<string, string> = new Map([
  ['proxycommand', 'only "ssh -W %h:%p BASTION" is; where it leads through a jump host, write ProxyJump'],
  ['proxyusefdpass', 'it belongs to a ProxyCommand'],
  ['certificatefile', 'OpenSSH certificates are not supported'],
  ['pkcs11provider', 'keys of PKCS#11 tokens are not supported; the ssh-agent may hold them'],
  ['securitykeyprovider', 'keys of security tokens (FIDO) are not supported'],
  ['revokedhostkeys', 'it is not read; write @revoked lines into a known_hosts file'],
  ['knownhostscommand', 'only files with host keys are read'],
  ['bindaddress', 'connections leave by the address that the system chooses'],
  ['bindinterface', 'connections leave by the interface that the system chooses'],
  ['pubkeyauthentication', 'there is no other way to log in here than with a key'],
]);
