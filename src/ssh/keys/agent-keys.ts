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

const TIMEOUT_MS = 10_000;

/** An ssh-agent that offers only the given key, and does not sign with SHA-1. */
export class AgentKey extends ssh2.OpenSSHAgent {
  readonly key: ParsedKey;
  #signing = 0;

  constructor(socket: string, key: ParsedKey) {
    super(socket);
    this.key = key;
  }

  /** A signature is pending: the agent may wait for a person. */
  get isSigning(): boolean {
    return this.#signing > 0;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [this.key]);
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

/** A key of a file in the agent. Rejects with `InvalidConfig`. */
export async function selectAgentKey(
  socket: string,
  wanted: ParsedKey,
  file: string,
  limitMs = TIMEOUT_MS
): Promise<AgentKey> {
  const key = (await listKeys(socket, limitMs)).find((held) => held.equals(wanted));
  if (key !== undefined) return new AgentKey(socket, key);
  throw new Failure('InvalidConfig', `the ssh-agent does not hold the key of ${file} (add it with ssh-add)`);
}

/** All keys of the agent, at least one. Rejects with `InvalidConfig`. */
export async function allAgentKeys(socket: string): Promise<AgentKey[]> {
  const keys = await listKeys(socket, TIMEOUT_MS);
  if (keys.length > 0) return keys.map((key) => new AgentKey(socket, key));
  throw new Failure('InvalidConfig', 'the ssh-agent has no usable keys (ssh-add adds one, ssh-add -X unlocks it)');
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
