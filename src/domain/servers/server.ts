/** Safe in a workflow id, a file name, a shell and a log. `__proto__` would not be safe as the key of an object. */
const SERVER_ID_PATTERN = /^(?!__proto__$)[\p{L}\p{Nd}_][\p{L}\p{M}\p{Nd}._-]{0,99}$/u;

const MAX_ID_BYTES = 100;

/** The format of a server id, for messages. */
export const SERVER_ID_RULE = `letters, digits, ".", "_" and "-", beginning with a letter, a digit or "_", at most ${MAX_ID_BYTES} bytes`;

/**
 * Letters and digits can be from any script. Ids must be in Unicode form NFC and have no invisible characters, so that no
 * two ids in a report look the same because of that.
 */
export function isServerId(value: unknown): value is string {
  if (typeof value !== 'string' || !SERVER_ID_PATTERN.test(value)) return false;
  const isVisible = !/\p{Default_Ignorable_Code_Point}/u.test(value);
  return isVisible && value.normalize('NFC') === value && bytesOf(value) <= MAX_ID_BYTES;
}

/** Number of bytes in UTF-8. */
function bytesOf(text: string): number {
  return encodeURIComponent(text).replace(/%../g, '_').length;
}

/** The workflow id of a server. It also serves as a mutex: one run per server at a time. */
export function serverWorkflowId(serverId: string): string {
  return `server/${serverId}`;
}

/** The server id of a workflow id of the form `server/<serverId>`, else null. */
export function serverOfWorkflow(workflowId: string): string | null {
  const serverId = workflowId.startsWith('server/') ? workflowId.slice('server/'.length) : null;
  return isServerId(serverId) ? serverId : null;
}

/** Why the second id of a machine is not measured. */
export function sameMachineAs(serverId: string): string {
  return `the same machine as ${serverId}`;
}

/** A jump host as configured; null: not set. */
export interface JumpHost {
  host: string;
  port: number | null;
  user: string | null;
  /** Private key file, if one is configured. */
  keyFile?: string;
}

/** The parts of a connection that several files can set; one of them wins. */
export type ConnectionPart = 'user' | 'port' | 'key' | 'jump';

/**
 * One machine of the inventory. Null: not set in the inventory or in `fleetmark.yaml`, so ssh_config or the default of ssh
 * applies. Only the worker has these; everything else uses server ids.
 */
export interface Server {
  serverId: string;
  host: string;
  port: number | null;
  user: string | null;
  /** Private key file. */
  keyFile: string | null;
  /** The only accepted host key, `SHA256:...`; null: known_hosts decides. */
  hostKey: string | null;
  /** Jump hosts in the order of the connection; empty: none, even if ssh_config has some. */
  jumps: JumpHost[] | null;
  /** The class that it names, or that of its groups; null: detected on its machine. */
  hardwareClass: string | null;
  groups: string[];
  /** Where each part is set: `group_vars/all.yml:2`, `ansible.cfg:5`, `fleetmark.yaml`. */
  from?: Partial<Record<ConnectionPart, string>>;
  /** Why it is not measured, for example because it is not reached by SSH; undefined if it is measured. */
  skip?: string;
}

/** Keys to log in with: a key file, whose private half may be in the ssh-agent, or all keys of the ssh-agent. */
export type Identity = { keyFile: string } | 'ssh-agent';

/** A jump host or the server itself: its address, and how to log in. */
export interface Hop {
  host: string;
  port: number;
  user: string;
  /** Tried in this order. */
  identities: readonly Identity[];
  /** As in {@link Server}. */
  hostKey: string | null;
  /** Its name in known_hosts; null: host and port. */
  hostKeyAlias: string | null;
  /** Null: the files of {@link SshSettings}. */
  knownHostsFiles: string[] | null;
  /** Socket of the ssh-agent; false: none; null: the one of {@link SshSettings}. */
  agentSocket: string | false | null;
}

/** How a server is reached, with all defaults filled in. */
export interface Route extends Hop {
  serverId: string;
  /** Jump hosts in the order of the connection. */
  jumps: Hop[];
}

/** Source of the passphrase for encrypted keys: the first line of a file, or of the output of a local shell command. */
export type PassphraseSource = { file: string } | { command: string };

/** Which parts of ssh_config are used. */
export interface SshConfigUse {
  /** True: the files that ssh reads by default; false: none; otherwise the path of a file. */
  file: boolean | string;
  /** Whether `fleetmark.yaml` sets the known_hosts files, or the ssh-agent; they then override ssh_config. */
  knownHosts: boolean;
  agent: boolean;
}

/** Connection settings of the worker, the same for all servers. Durations in milliseconds. */
export interface SshSettings {
  knownHostsFiles: string[];
  /** `accept-new`: an unknown host key is trusted, and added to the first of these files. */
  hostKeys: 'strict' | 'accept-new';
  /** For encrypted key files that no agent holds. */
  passphrase: PassphraseSource | null;
  /** Socket of the ssh-agent; null: none. */
  agentSocket: string | null;
  connectTimeoutMs: number;
  /** How long connections to an unreachable server are retried, with backoff. */
  giveUpAfterMs: number;
  /** Maximum time for an answer after the login, beyond the duration of the task. */
  answerTimeoutMs: number;
}

/** How a server is reached, for a listing; null: unknown, or decided by ssh. */
export interface ListedConnection {
  user: string | null;
  port: number | null;
  /** The first key file that is tried; null: first the ssh-agent. */
  key: string | null;
  /** `bench@bastion:2222`, several separated by commas; null: directly. */
  jump: string | null;
  /** As in {@link Server}, or `ssh config`, `default`. */
  from: Record<ConnectionPart, string>;
  /** Why the server cannot be reached with these settings. */
  problem: string | null;
}
