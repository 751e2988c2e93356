/**
 * Options that would change where a connection leads, as whom, or whom it trusts, and that are not followed here. To
 * pass over them would mean another server, another account or less caution than the user asked for.
 */
export const refusedOptions: ReadonlyMap<string, string> = new Map([
  [
    'proxycommand',
    'only "ssh -W %h:%p BASTION" is understood of it; where it leads through a jump host, write ProxyJump',
  ],
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

/** Followed: see host-settings.ts. */
const followed = `hostname port user identityfile identitiesonly identityagent proxyjump hostkeyalias
  userknownhostsfile globalknownhostsfile`;

/**
 * Passed over, for these reasons:
 * - stricter here, whatever they say: host keys are always checked against files, and none is added by an option.
 */
const stricter = `stricthostkeychecking checkhostip nohostauthenticationforlocalhost verifyhostkeydns updatehostkeys
  hashknownhosts visualhostkey fingerprinthash`;
/** - other ways to log in, of which there are none here but keys; ssh would only try them, too. */
const otherLogins = `passwordauthentication kbdinteractiveauthentication kbdinteractivedevices
  challengeresponseauthentication preferredauthentications numberofpasswordprompts batchmode gssapiauthentication
  gssapidelegatecredentials gssapikeyexchange gssapitrustdns gssapirenewalforcesrekey gssapikexalgorithms
  gssapiclientidentity gssapiserveridentity hostbasedauthentication hostbasedacceptedalgorithms hostbasedkeytypes
  enablesshkeysign addkeystoagent`;
/** - algorithms: those of ssh2 without SHA-1, whatever is asked for. A server without them is `HostUnsuitable`. */
const algorithms = `ciphers macs kexalgorithms hostkeyalgorithms pubkeyacceptedalgorithms pubkeyacceptedkeytypes
  casignaturealgorithms requiredrsasize rekeylimit compression compressionlevel`;
/** - how long and how often: `connectTimeout` and `giveUpAfter` of fleetmark.yaml. Either family leads to the same host. */
const patience = `connecttimeout connectionattempts serveralivecountmax serveraliveinterval tcpkeepalive ipqos
  addressfamily`;
/** - what else a session of a person has: nothing of it is opened here. */
const session = `forwardagent forwardx11 forwardx11timeout forwardx11trusted xauthlocation localforward remoteforward
  dynamicforward clearallforwardings exitonforwardfailure gatewayports permitremoteopen streamlocalbindmask
  streamlocalbindunlink tunnel tunneldevice controlmaster controlpath controlpersist localcommand permitlocalcommand
  remotecommand requesttty sendenv setenv escapechar enableescapecommandline sessiontype stdinnull
  forkafterauthentication loglevel logverbose syslogfacility tag channeltimeout obscurekeystroketiming versionaddendum
  warnweakcrypto refuseconnection`;
/** - of no effect without the canonicalization that is refused where this reads the files itself. */
const canonical = `canonicaldomains canonicalizefallbacklocal canonicalizemaxdots canonicalizepermittedcnames`;

/** All that a configuration of ssh may hold; ssh refuses what is in none of these, and so do we. */
export const knownOptions: ReadonlySet<string> = new Set([
  ...refusedOptions.keys(),
  ...[followed, stricter, otherLogins, algorithms, patience, session, canonical].flatMap((names) =>
    names.trim().split(/\s+/)
  ),
]);
