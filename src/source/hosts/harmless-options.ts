/** They do not change the route, or they concern host keys, which are always checked here with the known_hosts files. */
const harmlessOptions = new Set(
  `addkeystoagent batchmode checkhostip compression connectionattempts connecttimeout controlmaster controlpath
  controlpersist forwardagent forwardx11 globalknownhostsfile gssapiauthentication gssapidelegatecredentials
  hashknownhosts identitiesonly ipqos kbdinteractiveauthentication loglevel numberofpasswordprompts
  passwordauthentication preferredauthentications pubkeyauthentication requesttty serveralivecountmax
  serveraliveinterval stricthostkeychecking tcpkeepalive updatehostkeys userknownhostsfile verifyhostkeydns
  visualhostkey`.split(/\s+/)
);

/** Whether an option of ssh changes neither the route nor the account. */
export function isHarmless(option: string): boolean {
  return harmlessOptions.has(option.toLowerCase());
}
