import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, Identity } from '../../domain/servers/server.ts';
import { pathExists } from '../../source/text-file.ts';
import { allAgentKeys, type AgentKey } from './agent-keys.ts';
import { withoutSha1 } from './sha1-refused.ts';
import type { keyReader, KeySettings } from './usable-key.ts';

/** A key that is offered to a server. */
export interface Offer {
  method: AnyAuthMethod;
  key: ParsedKey;
  /** In messages; null: one of the keys of the ssh-agent. */
  name: string | null;
  /** The agent that signs; null: this program does. */
  agent: AgentKey | null;
}

/** The default `MaxAuthTries` of sshd_config(5): sshd closes the connection after that many wrong keys. */
export const MAX_OFFERS = 6;

/** The keys of one identity. @throws Failure InvalidConfig if there are none */
export async function offersBy(
  identity: Identity,
  { host, user: username }: Pick<Hop, 'host' | 'user'>,
  settings: KeySettings,
  keyOf: ReturnType<typeof keyReader>
): Promise<Offer[]> {
  if (identity === 'ssh-agent') {
    if (settings.agentSocket === null) {
      const endpoint = formatEndpoint({ host, port: null, user: username });
      throw new Failure('InvalidConfig', `there is neither a key file for ${endpoint} nor an ssh-agent`);
    }
    const agents = await allAgentKeys(settings.agentSocket);
    return agents.map((agent) => ({ method: { type: 'agent', username, agent }, key: agent.key, name: null, agent }));
  }
  const { key, agent } = await keyOf(identity.keyFile, settings);
  const name = await nameOf(identity.keyFile);
  if (agent === null) {
    return [{ method: { type: 'publickey', username, key: withoutSha1(key) }, key, name, agent }];
  }
  return [{ method: { type: 'agent', username, agent }, key, name: `${name} in the ssh-agent`, agent }];
}

/**
 * Each key once. As in ssh, of the agent's keys those of a key file come first.
 * @param latest the key that the server accepted last, which is tried first
 */
export function inOrder(groups: readonly (readonly Offer[])[], latest: string | undefined): Offer[] {
  const ofFiles = new Set(groups.flat().flatMap(({ name, key }) => (name === null ? [] : idOf(key))));
  const isOther = ({ name, key }: Offer): number => Number(name === null && !ofFiles.has(idOf(key)));
  const sorted = groups.flatMap((offers) => offers.toSorted((a, b) => isOther(a) - isOther(b)));
  const byId = new Map<string, Offer>();
  for (const offer of sorted) if (!byId.has(idOf(offer.key))) byId.set(idOf(offer.key), offer);
  const first = latest === undefined ? undefined : byId.get(latest);
  return first === undefined ? [...byId.values()] : [...new Set([first, ...byId.values()])];
}

export function idOf(key: ParsedKey): string {
  return key.getPublicSSH().toString('base64');
}

/** fleetmark, unlike ssh, cannot use the certificate of a key, so the message about a refusal says so. */
async function nameOf(keyFile: string): Promise<string> {
  const certificate = `${keyFile}-cert.pub`;
  return (await pathExists(certificate)) ? `${keyFile} (without ${certificate}, as ssh2 has no certificates)` : keyFile;
}
