import type { Path, Problem } from '../../source/problem.ts';
import { PASSPHRASE_FORM } from './ssh-schema.ts';
import { PASSWORD_FORM } from './store-schema.ts';

/** The keys of secrets, each with the only message about it. */
const secrets: readonly Problem[] = [
  { path: ['ssh', 'passphrase'], message: PASSPHRASE_FORM },
  { path: ['store', 'password'], message: PASSWORD_FORM },
];

/**
 * All problems without those that may contain a secret: a key or an anchor may be part of an unquoted passphrase, such as
 * `{X: a, X: b}`, or of the value of an unknown key.
 */
export function withoutSecrets(ofYaml: readonly Problem[], ofSchema: readonly Problem[]): Problem[] {
  const unknown = ofSchema.filter(({ message }) => message.startsWith('unknown key'));
  const harmless = ofYaml.filter(({ path }) => !unknown.some((key) => isWithin(path, key.path)));
  return secrets.reduce<Problem[]>(
    (problems, secret) => {
      const others = problems.filter(({ path }) => !isWithin(path, secret.path));
      return others.length === problems.length ? problems : [...others, secret];
    },
    [...harmless, ...ofSchema]
  );
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((step, index) => path[index] === step);
}
