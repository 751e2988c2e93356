import type { Duplex } from 'node:stream';
import ssh2, {
  type GetStreamCallback,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { firstOf } from '../../waiting/first-of.ts';
import { Sha1Refused } from './sha1-refused.ts';

/** The default `MaxAuthTries` of sshd_config(5): sshd closes the connection after that many wrong keys. */
const MAX_KEYS = 6;
const TIMEOUT_MS = 10_000;

/** An ssh-agent that offers only the given keys, and does not sign with SHA-1. */
export class AgentKeys extends ssh2.OpenSSHAgent {
  readonly keys: readonly ParsedKey[];
  #signing = 0;

  constructor(socket: string, keys: readonly ParsedKey[]) {
    super(socket);
    this.keys = keys;
  }

  /** A signature is pending: the agent may wait for a person. */
  get isSigning(): boolean {
    return this.#signing > 0;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [...this.keys]);
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    callback?: SignCallback
  ): boolean {
    const [signOptions, done] = typeof options === 'object' ? [options, callback] : [{}, options ?? callback];
    const isRsa = typeof key === 'object' && 'type' in key && key.type === 'ssh-rsa';
    if (isRsa && signOptions.hash !== 'sha256' && signOptions.hash !== 'sha512') {
      done?.(new Sha1Refused());
      return false;
    }
    this.#signing += 1;
    return super.sign(key, data, signOptions, (error, signature) => {
      this.#signing -= 1;
      done?.(error, signature);
    });
  }
}

/** The agent with only this key: a server refuses too many wrong ones. Rejects with `InvalidConfig`. */
export async function selectAgentKey(
  socket: string,
  wanted: ParsedKey,
  file: string,
  limitMs = TIMEOUT_MS
): Promise<AgentKeys> {
  const keys = (await listKeys(socket, limitMs)).filter((key) => key.equals(wanted));
  if (keys.length > 0) return new AgentKeys(socket, keys);
  throw new Failure('InvalidConfig', `the ssh-agent does not hold the key of ${file} (add it with ssh-add)`);
}

/** The agent with as many of its keys as a server accepts, and their name in messages. Rejects with `InvalidConfig`. */
export async function firstAgentKeys(socket: string): Promise<{ agent: AgentKeys; name: string }> {
  const keys = await listKeys(socket, TIMEOUT_MS);
  if (keys.length === 0)
    throw new Failure('InvalidConfig', 'the ssh-agent has no usable keys (ssh-add adds one, ssh-add -X unlocks it)');
  const agent = new AgentKeys(socket, keys.slice(0, MAX_KEYS));
  if (keys.length === 1) return { agent, name: 'the key of the ssh-agent' };
  const first = keys.length > MAX_KEYS ? `first ${MAX_KEYS} of the ` : '';
  const name = `the ${first}${keys.length} keys of the ssh-agent (ssh.key can name the public key of the right one)`;
  return { agent, name };
}

/** Its keys except DSA. Called before connecting: if the agent hangs, no server has to wait. */
async function listKeys(socket: string, limitMs: number): Promise<ParsedKey[]> {
  const agent = new ClosableAgent(socket);
  const keys = new Promise<ParsedKey[]>((resolve, reject) => {
    agent.getIdentities((error, identities) => {
      if (error) return reject(new Failure('InvalidConfig', `the ssh-agent does not answer: ${error.message}`));
      const all = (identities ?? []).filter((key): key is ParsedKey => typeof key === 'object' && 'equals' in key);
      resolve(all.filter(({ type }) => type !== 'ssh-dss'));
    });
  });
  const found = await firstOf([keys], { ms: limitMs });
  if (typeof found === 'object') return found;
  agent.stream?.destroy();
  throw new Failure('InvalidConfig', `the ssh-agent at ${socket} did not answer within ${limitMs / 1000} s`);
}

class ClosableAgent extends ssh2.OpenSSHAgent {
  stream: Duplex | undefined;

  override getStream(callback: GetStreamCallback): void {
    super.getStream((error, stream) => {
      this.stream = stream;
      callback(error, stream);
    });
  }
}
