import type { Path, Problem } from '../../source/problem.ts';
import { PASSPHRASE_FORM } from './ssh-schema.ts';

const passphrase: Path = ['ssh', 'passphrase'];

/**
 * The problems of a text in YAML and of its schema, without those that repeat a part of a secret: a key or an anchor that
 * is in truth a piece of a passphrase without quotes, such as `{X: a, X: b}`, or of what stands under an unknown key.
 */
export function withoutSecrets(ofYaml: readonly Problem[], ofSchema: readonly Problem[]): Problem[] {
  const unknown = ofSchema.filter(({ message }) => message.startsWith('unknown key'));
  const told = ofYaml.filter(({ path }) => !unknown.some((key) => isWithin(path, key.path)));
  const problems = [...told, ...ofSchema];
  if (!problems.some(({ path }) => isWithin(path, passphrase))) return problems;
  const others = problems.filter(({ path }) => !isWithin(path, passphrase));
  return [...others, { path: passphrase, message: PASSPHRASE_FORM }];
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((step, index) => path[index] === step);
}
