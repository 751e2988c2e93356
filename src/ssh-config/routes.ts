import { Failure } from '../domain/failures/failure.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import { formatEndpoint } from '../domain/servers/endpoint.ts';
import type { Route } from '../domain/servers/server.ts';
import type { Logger } from '../logging/logger.ts';
import { findSsh } from './ask-ssh.ts';
import { resolveRoute, type RouteContext } from './resolve-route.ts';
import { once, SshAnswers } from './ssh-answers.ts';

export interface RouteDependencies extends Pick<RouteContext, 'account' | 'checkKeys'> {
  log: Logger;
  find?: typeof findSsh;
  /** Monotonic, in milliseconds. */
  now?: () => number;
}

/** Finds the route to each server once, and again after its entry or the ssh configuration has changed. */
export function routeFinder({
  account,
  log,
  checkKeys,
  find = findSsh,
  now = () => performance.now(),
}: RouteDependencies) {
  let latest: SshAnswers | null = null;

  async function answersFor(config: boolean | string): Promise<SshAnswers> {
    const known = latest;
    if (known?.config === config && (await known.isCurrent(now()))) return known;
    if (latest !== known) return answersFor(config);
    const answers = new SshAnswers(config, find(config, account), now());
    latest = answers;
    // Asks again for the client, because it may have been installed since.
    answers.client.catch(() => {
      if (latest === answers) latest = null;
    });
    return answers;
  }

  async function routeOf(configuration: Configuration, serverId: string): Promise<Route> {
    const server = configuration.servers.get(serverId);
    if (server === undefined)
      throw new Failure('UnknownServer', `${serverId} is not in the inventory of ${configuration.file}`);
    const { ssh: settings, sshConfig: use } = configuration;
    const { ask, routes, checkedKeys } = await answersFor(use.file);
    return once(routes, JSON.stringify([server, settings, use]), async () => {
      const route = await resolveRoute(server, {
        ...{ account, settings, use, ask },
        // Once for all servers that share a key: the user may have to enter its passphrase.
        checkKeys: async (...keys) => once(checkedKeys, JSON.stringify(keys), async () => checkKeys(...keys)),
      });
      const { host, port, user, identities } = route;
      const fields = {
        serverId,
        host,
        port,
        user,
        keys: identities.map((identity) => (identity === 'ssh-agent' ? identity : identity.keyFile)),
        jumps: route.jumps.map(formatEndpoint),
      };
      log.debug(fields, 'route to this server');
      return route;
    });
  }

  /** @throws Failure InvalidConfig if `ssh.config` needs an ssh client and there is none */
  async function checkSshConfig(config: boolean | string): Promise<void> {
    await (
      await answersFor(config)
    ).client;
  }

  return { routeOf, checkSshConfig };
}
