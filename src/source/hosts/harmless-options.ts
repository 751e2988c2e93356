/**
 * They say how ssh is to behave and not where it leads, or loosen what is always checked here: host keys are, strictly,
 * by the known_hosts files of the configuration.
 */
const harmlessOptions = new Set(
  `addkeystoagent batchmode checkhostip compression connectionattempts connecttimeout controlmaster controlpath
  controlpersist forwardagent forwardx11 globalknownhostsfile gssapiauthentication gssapidelegatecredentials
  hashknownhosts identitiesonly ipqos kbdinteractiveauthentication loglevel numberofpasswordprompts
  passwordauthentication preferredauthentications pubkeyauthentication requesttty serveralivecountmax
  serveraliveinterval stricthostkeychecking tcpkeepalive updatehostkeys userknownhostsfile verifyhostkeydns
  visualhostkey`.split(/\s+/)
);

/** Whether an option of ssh changes neither where a connection leads nor as whom. */
export function isHarmless(option: string): boolean {
  return harmlessOptions.has(option.toLowerCase());
}
