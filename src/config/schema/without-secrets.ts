import type { Path, Problem } from '../../source/problem.ts';
import { PASSPHRASE_FORM } from './ssh-schema.ts';

const passphrase: Path = ['ssh', 'passphrase'];

/**
 * All problems without those that may contain a secret: a key or an anchor may be part of an unquoted passphrase, such as
 * `{X: a, X: b}`, or of the value of an unknown key.
 */
export function withoutSecrets(ofYaml: readonly Problem[], ofSchema: readonly Problem[]): Problem[] {
  const unknown = ofSchema.filter(({ message }) => message.startsWith('unknown key'));
  const harmless = ofYaml.filter(({ path }) => !unknown.some((key) => isWithin(path, key.path)));
  const problems = [...harmless, ...ofSchema];
  if (!problems.some(({ path }) => isWithin(path, passphrase))) return problems;
  const others = problems.filter(({ path }) => !isWithin(path, passphrase));
  return [...others, { path: passphrase, message: PASSPHRASE_FORM }];
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((step, index) => path[index] === step);
}
