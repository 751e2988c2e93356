import { formatEndpoint } from '../domain/servers/endpoint.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Hop, JumpHost, Server, SshConfigUse, SshSettings, Route } from '../domain/servers/server.ts';
import type { Account } from '../source/surroundings.ts';
import type { AskSsh } from './ask-ssh.ts';
import { chooseKey } from './choose-key.ts';
import type { HostSettings } from './host-settings.ts';
import { hostSettings } from './host-settings.ts';
import type { AskedHost } from './ssh-options.ts';

export interface Resolution {
  account: Account;
  settings: SshSettings;
  use: SshConfigUse;
  /** Answers from memory where a host was asked about before. */
  ask: AskSsh;
  /** The default key of ssh. */
  usualKey: () => Promise<string | null>;
  /** @throws Failure InvalidConfig for a key file that nobody can log in with */
  checkKey: (keyFile: string, settings: SshSettings) => Promise<void>;
}

/** A target, and which of its settings come from the configuration of ssh. */
export interface Resolved {
  target: Route;
  fromSshConfig: string[];
}

const MAX_JUMPS = 8;

/**
 * How a server is reached: by the inventory and `fleetmark.yaml`, then by the configuration of ssh, then by default. The
 * same holds for jump hosts; only the first of a list, which is reached directly, may have jump hosts of its own, as
 * with `ssh -J`.
 * @throws Failure InvalidConfig if the configuration of ssh cannot be followed
 */
export async function resolveRoute(server: Server, resolution: Resolution): Promise<Resolved> {
  const { serverId, jumps, keyFile } = server;
  const wanted = { asked: server, name: serverId, keyFile, lastKey: null, isOnItsWay: jumps !== null };
  const { hop, said } = await hopTo(wanted, resolution);
  const through = jumps ?? said.jumps;
  const hops = await hopsThrough(through, server, [], resolution);
  const filled = {
    host: said.host,
    port: server.port === null ? said.port : null,
    user: server.user === null ? said.user : null,
    key: keyFile === null ? said.keyFiles : null,
    jumps: jumps === null && said.jumps.length > 0 ? said.jumps : null,
    hostKeyAlias: hop.hostKeyAlias,
    knownHosts: hop.knownHostsFiles,
    agent: hop.agentSocket,
  };
  const fromSshConfig = Object.entries(filled).flatMap(([name, value]) => (value === null ? [] : [name]));
  return { target: { ...hop, hostKey: server.hostKey, serverId, jumps: hops }, fromSshConfig };
}

async function hopsThrough(
  jumps: readonly JumpHost[],
  server: Server,
  passed: readonly string[],
  resolution: Resolution
): Promise<Hop[]> {
  const hops: Hop[] = [];
  for (const [index, jump] of jumps.entries()) {
    const name = formatEndpoint(jump);
    const keys = { keyFile: jump.keyFile ?? null, lastKey: server.keyFile };
    const wanted = { asked: jump, name: `the jump host ${name}`, ...keys, isOnItsWay: index > 0 };
    const { hop, said } = await hopTo(wanted, resolution);
    if (said.jumps.length > 0) {
      const isLoop = passed.includes(name);
      if (isLoop || passed.length === MAX_JUMPS) throw endless(name, isLoop, said.from, server);
      hops.push(...(await hopsThrough(said.jumps, server, [...passed, name], resolution)));
    }
    hops.push(hop);
  }
  return hops;
}

/** A server or a jump host, as it is written. */
interface Wanted {
  asked: AskedHost;
  /** For messages. */
  name: string;
  keyFile: string | null;
  /** The key of the server behind a jump host: its default. */
  lastKey: string | null;
  /** Its jump hosts are decided already. */
  isOnItsWay: boolean;
}

async function hopTo(
  { asked: { host, port, user }, name, keyFile, lastKey, isOnItsWay }: Wanted,
  { account, settings, use, ask, usualKey, checkKey }: Resolution
): Promise<{ hop: Hop; said: HostSettings }> {
  const asked = { host, port, user };
  const said = hostSettings(await ask(asked), asked, account, isOnItsWay);
  const login = user ?? said.user ?? account.user;
  if (login === null) throw new Failure('InvalidConfig', `nothing says as whom to log in on ${name}; set ssh.user`);
  const agentSocket = use.agent ? null : said.agentSocket;
  const socket = agentSocket === false ? null : (agentSocket ?? settings.agentSocket);
  const written = keyFile ?? (said.keyFiles === null && said.agentSocket === null ? lastKey : null);
  const chosen = await chooseKey(said, { written, hasAgent: socket !== null, usual: await usualKey() }, name);
  // Keys in the inventory and in fleetmark.yaml were checked when those were read.
  if (chosen !== null && written === null) {
    await checkKey(chosen, { ...settings, agentSocket: socket }).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      const where = said.keyFiles === null ? 'the usual key files' : said.from;
      throw new Failure(error.kind, `no key to log in on ${name}: ${error.message}; ${where} led to it`, {
        cause: error,
      });
    });
  }
  const hop: Hop = {
    host: said.host ?? host,
    port: port ?? said.port ?? 22,
    user: login,
    keyFile: chosen,
    hostKey: null,
    hostKeyAlias: said.hostKeyAlias,
    knownHostsFiles: use.knownHosts ? null : said.knownHostsFiles,
    agentSocket,
  };
  return { hop, said };
}

function endless(name: string, isLoop: boolean, from: string, { serverId }: Server): Failure {
  const what = isLoop ? 'is reached through itself' : `has more than ${MAX_JUMPS} jump hosts before it`;
  const how = `${from} says so; exempt it with "ProxyJump none" in a "Host" of its own before`;
  return new Failure('InvalidConfig', `the jump host ${name} on the way to ${serverId} ${what}: ${how}`);
}
