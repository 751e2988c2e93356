import type { Client } from 'ssh2';
import type { KexOffer } from './kex-offer.ts';

/** What a server has answered to our attempts to log in. */
export interface LoginAnswers {
  /** The methods that it still takes; null: it has refused nothing. */
  methodsLeft: readonly string[] | null;
  /** It accepted a key, and wants more than that. */
  isPartial: boolean;
  /** Algorithms of signatures that it takes (`server-sig-algs` of RFC 8308); null: it does not say. */
  signatureAlgorithms: readonly string[] | null;
}

/** What ssh2 1.17.0 does not pass on: its messages end in handlers that are set once `client.connect` was called. */
interface Inside {
  _protocol: {
    _handlers: {
      USERAUTH_FAILURE: (protocol: unknown, methods: string[], isPartial: boolean) => void;
      EXT_INFO: (protocol: unknown, extensions: { name: string; algs: string[] }[]) => void;
    };
    _offer: { lists: Record<'kex' | 'serverHostKey', List> & { cs: Record<'cipher' | 'mac' | 'compress', List> } };
  };
}

interface List {
  array: string[];
}

/**
 * Hears what a server answers.
 * @param isOver - asked at a refusal, before ssh2 goes on to the next key: true ends it there
 */
export function hearLoginAnswers(
  client: Client,
  isOver: (answers: LoginAnswers) => boolean
): { answers: LoginAnswers; otherRsaHash: () => boolean } {
  const { _handlers: handlers } = (client as unknown as Inside)._protocol;
  const answers: LoginAnswers = { methodsLeft: null, isPartial: false, signatureAlgorithms: null };
  /** Of these ssh2 takes `rsa-sha2-256` if it is there. */
  let algorithms: string[] = [];
  const { USERAUTH_FAILURE: onFailure, EXT_INFO: onExtensions } = handlers;
  handlers.USERAUTH_FAILURE = (protocol, methods, isPartial) => {
    answers.methodsLeft = methods;
    answers.isPartial ||= isPartial;
    if (!isOver(answers)) onFailure(protocol, methods, isPartial);
  };
  handlers.EXT_INFO = (protocol, extensions) => {
    const said = extensions.find(({ name }) => name === 'server-sig-algs');
    if (said && answers.signatureAlgorithms === null) {
      answers.signatureAlgorithms = [...new Set(said.algs)].filter((name) => name !== '');
      algorithms = said.algs;
      if (algorithms.includes('rsa-sha2-512')) replace(algorithms, 'rsa-sha2-256', []);
    }
    onExtensions(protocol, extensions);
  };
  return {
    answers,
    /** A server may take one hash of RSA keys alone, and name both. As ssh does, the longer one is tried first. */
    otherRsaHash() {
      const isOther = algorithms.includes('rsa-sha2-512') && answers.signatureAlgorithms!.includes('rsa-sha2-256');
      if (isOther) replace(algorithms, 'rsa-sha2-512', ['rsa-sha2-256']);
      return isOther;
    },
  };
}

function replace(names: string[], name: string, others: string[]): void {
  const at = names.indexOf(name);
  if (at >= 0) names.splice(at, 1, ...others);
}

/** The algorithms that this program offers. */
export function ownOffer(client: Client): KexOffer {
  const { kex, serverHostKey, cs } = (client as unknown as Inside)._protocol._offer.lists;
  const { cipher, mac, compress } = cs;
  const offer = { kex, 'host key': serverHostKey, cipher, MAC: mac, compression: compress };
  return Object.fromEntries(Object.entries(offer).map(([kind, { array }]) => [kind, array])) as KexOffer;
}
