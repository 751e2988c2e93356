import ssh2 from 'ssh2';
import type { IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { firstOf } from './first-of.ts';
import { Sha1Refused } from './sha1-refused.ts';

/** So many wrong keys an sshd takes before it hangs up (`MaxAuthTries` of sshd_config(5)). */
const mostKeys = 6;
const answerWithinMs = 10_000;

/** The keys of an ssh-agent that may be used here: none of DSA, and none to sign with SHA-1. */
class AgentKeys extends ssh2.OpenSSHAgent {
  protected list(callback: (error: Error | null, keys: ParsedKey[]) => void): void {
    super.getIdentities((error, keys) => {
      if (error) return callback(new Error(`the ssh-agent does not answer: ${error.message}`), []);
      callback(
        null,
        (keys ?? []).filter((key): key is ParsedKey => 'equals' in key && key.type !== 'ssh-dss')
      );
    });
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    callback?: SignCallback
  ): boolean {
    const [how, done] = typeof options === 'object' ? [options, callback] : [{}, options ?? callback];
    const isRsa = typeof key === 'object' && 'type' in key && key.type === 'ssh-rsa';
    if (!isRsa || how.hash === 'sha256' || how.hash === 'sha512') return super.sign(key, data, how, done);
    done?.(new Sha1Refused());
    return false;
  }
}

/** An agent that offers one of its keys: a server refuses whoever shows it too many wrong ones. */
export class SelectiveAgent extends AgentKeys {
  readonly #wanted: ParsedKey;
  readonly #file: string;

  constructor(socket: string, wanted: ParsedKey, file: string) {
    super(socket);
    this.#wanted = wanted;
    this.#file = file;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.list((error, keys) => {
      if (error) return callback(error);
      const wanted = keys.filter((key) => key.equals(this.#wanted));
      if (wanted.length > 0) return callback(null, wanted);
      callback(new Error(`the ssh-agent does not hold the key of ${this.#file} (add it with ssh-add)`));
    });
  }
}

/** An agent that offers its first keys, as many as a server lets somebody try. */
export class FirstKeysOfAgent extends AgentKeys {
  #name = 'the keys of the ssh-agent';

  get name(): string {
    return this.#name;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.list((error, keys) => {
      if (error) return callback(error);
      if (keys.length > 1) {
        const first = keys.length > mostKeys ? `first ${mostKeys} of the ` : '';
        this.#name = `the ${first}${keys.length} keys of the ssh-agent (ssh.key can name the public key of the right one)`;
      }
      callback(null, keys.slice(0, mostKeys));
    });
  }
}

/** Rejects where the agent does not answer, or does not hold the key. */
export async function checkAgentHolds(
  socket: string,
  key: ParsedKey,
  file: string,
  limitMs = answerWithinMs
): Promise<void> {
  const answer = new Promise<void>((resolve, reject) => {
    new SelectiveAgent(socket, key, file).getIdentities((error) => (error ? reject(error) : resolve()));
  });
  if ((await firstOf([answer], { ms: limitMs })) === 'timeout') throw new Error('the ssh-agent does not answer');
}
