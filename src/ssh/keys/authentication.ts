import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, Identity } from '../../domain/servers/server.ts';
import { idOf, inOrder, offersBy, type Offer } from './offers.ts';
import { keyReader, type KeySettings } from './usable-key.ts';

/** How to authenticate at a server. */
export interface Authentication {
  /** In order; at least one. At most `MAX_OFFERS` are offered in one connection. */
  offers: readonly Offer[];
  /** Why further identities are not offered. */
  unusable: readonly string[];
  /** Offers this key first from now on: each refused one counts as a failed attempt on the server. */
  accepted(offer: Offer): void;
}

type Account = Pick<Hop, 'host' | 'port' | 'user' | 'identities'>;

/** Skips unusable identities, as ssh does. Rejects with `InvalidConfig` if none is usable. */
export function authenticator(): (account: Account, settings: KeySettings) => Promise<Authentication> {
  const keyOf = keyReader();
  const acceptedKeys = new Map<string, string>();
  return async (account, settings) => {
    const { host, port, user, identities } = account;
    const found = await Promise.all(
      identities.map(async (identity) => offersBy(identity, account, settings, keyOf).catch(asFailure))
    );
    const failures = found.filter((each) => each instanceof Failure);
    const groups = found.flatMap((each) => (each instanceof Failure ? [] : [each]));
    if (groups.length === 0) throw noneUsable(failures);
    const server = JSON.stringify([host, port, user]);
    return {
      offers: inOrder(groups, acceptedKeys.get(server)),
      unusable: failures.map(({ message }) => message),
      accepted: ({ key }) => void acceptedKeys.set(server, idOf(key)),
    };
  };
}

/**
 * For checks of the configuration. Stops at the first usable identity.
 * @throws Failure InvalidConfig if none can be used to authenticate: a file is missing, unreadable, unsupported or not a
 * key, its passphrase is not available, it needs an agent that does not hold it, or the agent has no keys
 */
export async function checkIdentities(identities: readonly Identity[], settings: KeySettings): Promise<void> {
  const keyOf = keyReader();
  const failures: Failure[] = [];
  for (const identity of identities) {
    const found = await offersBy(identity, { host: '', user: '' }, settings, keyOf).catch(asFailure);
    if (!(found instanceof Failure)) return;
    failures.push(found);
  }
  throw noneUsable(failures);
}

/** As {@link checkIdentities} for one key file. */
export async function checkKeyFile(keyFile: string, settings: KeySettings): Promise<void> {
  return checkIdentities([{ keyFile }], settings);
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

function noneUsable(failures: readonly Failure[]): Failure {
  const [only] = failures;
  if (only !== undefined && failures.length === 1) return only;
  return new Failure('InvalidConfig', failures.map(({ message }) => message).join('; '), { cause: only });
}
