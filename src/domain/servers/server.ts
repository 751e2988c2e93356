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

/** The workflow id of a server's run, which is at the same time its mutex: one run per server at a time. */
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

/** What may be said of a server in several places, of which one counts. */
export type ConnectionPart = 'user' | 'port' | 'key' | 'jump';

/**
 * One machine of the inventory, as it and `fleetmark.yaml` say; null where both leave it to the configuration of ssh and
 * to what is usual. Only the worker has these; everything else speaks of servers by id.
 */
export interface Server {
  serverId: string;
  host: string;
  port: number | null;
  user: string | null;
  /** Private key file. */
  keyFile: string | null;
  /** The only host key that it may show, `SHA256:...`; null: known_hosts decides. */
  hostKey: string | null;
  /** The jump hosts on the way, the one that is connected to directly first; empty: none, whatever ssh is told. */
  jumps: JumpHost[] | null;
  /** The class that it names, or that of its groups; null: by what its machine turns out to be. */
  hardwareClass: string | null;
  groups: string[];
  /** Where that is written: `group_vars/all.yml:2`, `ansible.cfg:5`, `fleetmark.yaml`. Left out of what is left open. */
  from?: Partial<Record<ConnectionPart, string>>;
  /** Why nothing is measured on it: it is not reached by SSH. Left out of all others. */
  skip?: string;
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
  hostKeyAlias: string | null;
  /** Where its host keys are looked up; null: in those of the settings. */
  knownHostsFiles: string[] | null;
  /** Socket of the ssh-agent; false: none; null: that of the settings. */
  agentSocket: string | false | null;
}

/** How a server is reached: what the inventory says of it, with everything that it leaves open filled in. */
export interface Route extends Hop {
  serverId: string;
  /** The jump hosts on the way, the one that is connected to directly first. */
  jumps: Hop[];
}

/** Where the passphrase of encrypted keys is: the first line of a file, or of what a local command of /bin/sh writes. */
export type PassphraseSource = { file: string } | { command: string };
/** What the configuration of ssh may say of servers. */
export interface SshConfigUse {
  /** True: that in the files which ssh reads by itself; false: nothing; else that in this file. */
  file: boolean | string;
  /** Where `fleetmark.yaml` itself says which known_hosts files, or which ssh-agent, that counts. */
  knownHosts: boolean;
  agent: boolean;
}

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
  /** How long a server that lets us in may take to answer, beyond the time of what it was asked to do. */
  answerTimeoutMs: number;
}
