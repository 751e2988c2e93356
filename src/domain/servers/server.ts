/** Safe in a workflow id, a file name, a shell and a log. `__proto__` would not be safe as the key of an object. */
const SERVER_ID_PATTERN = /^(?!__proto__$)[\p{L}\p{Nd}_][\p{L}\p{M}\p{Nd}._-]{0,99}$/u;

const MAX_ID_BYTES = 100;

/** What a server id is, for messages. */
export const SERVER_ID_RULE = `letters, digits, ".", "_" and "-", beginning with a letter, a digit or "_", at most ${MAX_ID_BYTES} bytes`;

/**
 * Letters and digits may be of any script. Ids that are written in several ways are ids in one of them (NFC), and nothing
 * in them is invisible: two ids in a report never look the same because of that.
 */
export function isServerId(value: unknown): value is string {
  if (typeof value !== 'string' || !SERVER_ID_PATTERN.test(value)) return false;
  const isVisible = !/\p{Default_Ignorable_Code_Point}/u.test(value);
  return isVisible && value.normalize('NFC') === value && bytesOf(value) <= MAX_ID_BYTES;
}

/** In UTF-8. */
function bytesOf(text: string): number {
  return encodeURIComponent(text).replace(/%../g, '_').length;
}

/** The workflow id of a server's run, which is also its mutex: one run per server at a time. */
export function serverWorkflowId(serverId: string): string {
  return `server/${serverId}`;
}

/** The server that a workflow id of the form `server/<serverId>` names, else null. */
export function serverOfWorkflow(workflowId: string): string | null {
  const serverId = workflowId.startsWith('server/') ? workflowId.slice('server/'.length) : null;
  return isServerId(serverId) ? serverId : null;
}

/** A jump host as it is written; null where that is left open. */
export interface JumpHost {
  host: string;
  port: number | null;
  user: string | null;
  /** Private key file; left out where none is named. */
  keyFile?: string;
}

/** May be set in several places, of which one counts. */
export type ConnectionPart = 'user' | 'port' | 'key' | 'jump';

/**
 * One machine of the inventory; null where both the inventory and `fleetmark.yaml` leave it to the configuration of ssh or
 * to its default. Only the worker has these; everything else uses server ids.
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
  /** Jump hosts, the one that is connected to directly first; empty: none, even if the configuration of ssh has some. */
  jumps: JumpHost[] | null;
  /** The class that it names, or that of its groups; null: detected from its machine. */
  hardwareClass: string | null;
  groups: string[];
  /** Where each part is set: `group_vars/all.yml:2`, `ansible.cfg:5`, `fleetmark.yaml`. */
  from?: Partial<Record<ConnectionPart, string>>;
  /** Why nothing is measured on it: it is not reached by SSH. Left out of all others. */
  skip?: string;
}

/** A jump host, or the server itself: where it is, and how to log in there. */
export interface Hop {
  host: string;
  port: number;
  user: string;
  /** Private key file; null: the ssh-agent. */
  keyFile: string | null;
  /** As of a {@link Server}. */
  hostKey: string | null;
  /** Its name in known_hosts; null: its host and port. */
  hostKeyAlias: string | null;
  /** Null: those of the settings. */
  knownHostsFiles: string[] | null;
  /** Socket of the ssh-agent; false: none; null: that of the settings. */
  agentSocket: string | false | null;
}

/** How a server is reached, with all defaults filled in. */
export interface Route extends Hop {
  serverId: string;
  /** Jump hosts, the one that is connected to directly first. */
  jumps: Hop[];
}

/** The passphrase of encrypted keys: the first line of a file, or of the output of a local command of /bin/sh. */
export type PassphraseSource = { file: string } | { command: string };

/** Which configuration of ssh is used. */
export interface SshConfigUse {
  /** True: the files that ssh reads by itself; false: none; else this file. */
  file: boolean | string;
  /** Whether `fleetmark.yaml` itself sets the known_hosts files, or the ssh-agent, which then count. */
  knownHosts: boolean;
  agent: boolean;
}

/** How the worker connects, for all servers alike. Durations in milliseconds. */
export interface SshSettings {
  knownHostsFiles: string[];
  /** `accept-new`: a server without a known host key is trusted, and its key added to the first of these files. */
  hostKeys: 'strict' | 'accept-new';
  /** For encrypted key files that no agent holds. */
  passphrase: PassphraseSource | null;
  /** Socket of the ssh-agent; null: none. */
  agentSocket: string | null;
  connectTimeoutMs: number;
  /** An unreachable server is retried with back-off for this long. */
  giveUpAfterMs: number;
  /** How long a server may take to answer after the login, beyond the time of its task. */
  answerTimeoutMs: number;
}

/** How a server is reached, for a listing; null: unknown, or left to ssh. */
export interface ListedConnection {
  user: string | null;
  port: number | null;
  /** Private key file; null: the ssh-agent. */
  key: string | null;
  /** `bench@bastion:2222`, several separated by commas; null: directly. */
  jump: string | null;
  /** As of a {@link Server}, or `ssh config`, `default`. */
  from: Record<ConnectionPart, string>;
  /** Why it cannot be reached like that. */
  problem: string | null;
}
