/** `[A-Za-z0-9][A-Za-z0-9._-]*`, at most 100 characters: safe in a workflow id, a file name, a shell and a log. */
const serverIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export function isServerId(value: unknown): value is string {
  return typeof value === 'string' && serverIdPattern.test(value);
}

/** The workflow id of a server's run, which is at the same time its mutex: one run per server at a time. */
export function serverWorkflowId(serverId: string): string {
  return `server/${serverId}`;
}

/** The server that a workflow id of the form `server/<serverId>` names, else null. */
export function serverOfWorkflow(workflowId: string): string | null {
  const serverId = workflowId.startsWith('server/') ? workflowId.slice('server/'.length) : null;
  return isServerId(serverId) ? serverId : null;
}

/** One machine of the inventory. Only the worker has these; everything else speaks of servers by id. */
export interface Server {
  serverId: string;
  host: string;
  port: number;
  user: string;
  /** Private key file; null: the ssh-agent. */
  keyFile: string | null;
  /** The only host key that it may show, `SHA256:...`; null: known_hosts decides. */
  hostKey: string | null;
  hardwareClass: string;
  groups: string[];
}

/** An SSH server on the way to a server, or the server itself: where it is, and how to log in there. */
export interface Hop {
  host: string;
  port: number;
  user: string;
  /** Private key file; null: the ssh-agent. */
  keyFile: string | null;
  /** The only host key that it may show, `SHA256:...`; null: known_hosts decides. */
  hostKey: string | null;
  /** What known_hosts calls it, as with `HostKeyAlias` of ssh; null: by its host and port. */
  knownAs: string | null;
}

/** How a server is reached: what the inventory says of it, with everything that it leaves open filled in. */
export interface Target extends Hop {
  serverId: string;
  /** The jump hosts on the way, the one that is connected to directly first. */
  jumps: Hop[];
}

/** Where the passphrase of encrypted keys is: the first line of a file, or of what a local command of /bin/sh writes. */
export type PassphraseSource = { file: string } | { command: string };

/** How the worker connects, for all servers alike. Durations in milliseconds. */
export interface SshSettings {
  knownHostsFiles: string[];
  /** `accept-new`: a server of which no host key is known is trusted, and its key added to the first of these files. */
  hostKeys: 'strict' | 'accept-new';
  /** For key files that are encrypted and that no agent holds; null: there is none. */
  passphrase: PassphraseSource | null;
  /** Socket of the ssh-agent; null: none. */
  agentSocket: string | null;
  connectTimeoutMs: number;
  /** An unreachable server is tried again with back-off for this long. */
  giveUpAfterMs: number;
}
