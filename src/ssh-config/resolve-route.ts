import { Failure } from '../domain/failures/failure.ts';
import { formatEndpoint } from '../domain/servers/endpoint.ts';
import type { Hop, Identity, JumpHost, Route, Server, SshConfigUse, SshSettings } from '../domain/servers/server.ts';
import type { Account } from '../source/surroundings.ts';
import type { AskSsh } from './ask-ssh.ts';
import { chooseIdentities } from './choose-identities.ts';
import { hostSettings, type HostSettings } from './host-settings.ts';
import type { Destination } from './ssh-options.ts';

export interface RouteContext {
  account: Account;
  settings: SshSettings;
  use: SshConfigUse;
  ask: AskSsh;
  /** @throws Failure InvalidConfig if none of these keys is usable */
  checkKeys: (identities: readonly Identity[], settings: SshSettings) => Promise<void>;
}

const MAX_JUMPS = 8;

/**
 * The inventory and `fleetmark.yaml` override the ssh configuration, which overrides the defaults. The same holds for jump
 * hosts; as with `ssh -J`, only the first of a list may have jump hosts of its own.
 * @throws Failure InvalidConfig for unsupported options in the ssh configuration
 */
export async function resolveRoute(server: Server, context: RouteContext): Promise<Route> {
  const { serverId, jumps, keyFile, hostKey } = server;
  const wanted = { destination: server, name: serverId, keyFile, serverKey: null, ignoresJumps: jumps !== null };
  const { hop, said } = await resolveHop(wanted, context);
  return { ...hop, hostKey, serverId, jumps: await resolveJumps(jumps ?? said.jumps, server, [], context) };
}

async function resolveJumps(
  jumps: readonly JumpHost[],
  server: Server,
  passed: readonly string[],
  context: RouteContext
): Promise<Hop[]> {
  const hops: Hop[] = [];
  for (const [index, jump] of jumps.entries()) {
    const name = formatEndpoint(jump);
    const keys = { keyFile: jump.keyFile ?? null, serverKey: server.keyFile };
    const wanted = { destination: jump, name: `the jump host ${name}`, ...keys, ignoresJumps: index > 0 };
    const { hop, said } = await resolveHop(wanted, context);
    if (said.jumps.length > 0) {
      const isLoop = passed.includes(name);
      if (isLoop || passed.length === MAX_JUMPS) throw invalidJumps(name, isLoop, said.from, server);
      hops.push(...(await resolveJumps(said.jumps, server, [...passed, name], context)));
    }
    hops.push(hop);
  }
  return hops;
}

/** A server or a jump host as configured, with its name for messages. */
interface WantedHop {
  destination: Destination;
  name: string;
  keyFile: string | null;
  /** For a jump host: the key of the server that is reached through it, which is the default. */
  serverKey: string | null;
  /** Whether to ignore jump hosts of the ssh configuration. */
  ignoresJumps: boolean;
}

async function resolveHop(
  { destination: { host, port, user }, name, keyFile, serverKey, ignoresJumps }: WantedHop,
  { account, settings, use, ask, checkKeys }: RouteContext
): Promise<{ hop: Hop; said: HostSettings }> {
  const destination = { host, port, user };
  const said = hostSettings(await ask(destination), destination, account, ignoresJumps);
  const login = user ?? said.user ?? account.user;
  if (login === null) throw new Failure('InvalidConfig', `no user name for ${name}; set ssh.user`);
  const agentSocket = use.agent ? null : said.agentSocket;
  const socket = agentSocket === false ? null : (agentSocket ?? settings.agentSocket);
  const written = keyFile ?? (said.keyFiles === null && said.agentSocket === null ? serverKey : null);
  const identities = await chooseIdentities(said, { written, hasAgent: socket !== null, home: account.home }, name);
  // Keys in the inventory and in fleetmark.yaml were checked when those were read.
  if (written === null) {
    await checkKeys(identities, { ...settings, agentSocket: socket }).catch((cause: unknown) => {
      if (!(cause instanceof Failure)) throw cause;
      const message = `no key to log in to ${name}: ${cause.message}${sourceOf(identities, said)}`;
      throw new Failure(cause.kind, message, { cause });
    });
  }
  const hop: Hop = {
    host: said.host ?? host,
    port: port ?? said.port ?? 22,
    user: login,
    identities,
    hostKey: null,
    hostKeyAlias: said.hostKeyAlias,
    knownHostsFiles: use.knownHosts ? null : said.knownHostsFiles,
    agentSocket,
  };
  return { hop, said };
}

/** Where key files come from, for messages. */
function sourceOf(identities: readonly Identity[], { keyFiles, from }: HostSettings): string {
  const files = identities.filter((identity) => identity !== 'ssh-agent').length;
  if (files === 0) return '';
  if (files > 1) return keyFiles === null ? '; these are the default keys' : `; these are IdentityFiles of ${from}`;
  return keyFiles === null ? '; it is the default key' : `; it is the IdentityFile of ${from}`;
}

function invalidJumps(name: string, isLoop: boolean, from: string, { serverId }: Server): Failure {
  const what = isLoop ? 'is reached through itself' : `has more than ${MAX_JUMPS} jump hosts`;
  const advice = 'set "ProxyJump none" in a "Host" block for it';
  return new Failure('InvalidConfig', `the jump host ${name} of ${serverId} ${what} in ${from}; ${advice}`);
}
