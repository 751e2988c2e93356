import { urlProblems } from '../../domain/actions/webhook-url.ts';
import type { Path, Problem } from '../../source/problem.ts';
import { HOOK_SECRET_FORM, HOOK_URL_FORM, SLACK_FORM } from './action-schema.ts';
import { PASSPHRASE_FORM } from './ssh-schema.ts';
import { PASSWORD_FORM } from './store-schema.ts';

/** The keys of secrets, each with the only message about it; null: any key. */
const secrets: readonly { path: readonly (string | null)[]; message: string }[] = [
  { path: ['ssh', 'passphrase'], message: PASSPHRASE_FORM },
  { path: ['store', 'password'], message: PASSWORD_FORM },
  { path: ['actions', null, 'webhook', 'secret'], message: HOOK_SECRET_FORM },
  { path: ['actions', null, 'webhook', 'url'], message: HOOK_URL_FORM },
  { path: ['actions', null, 'slack'], message: SLACK_FORM },
];

/**
 * All problems without those that may contain a secret: a key or an anchor may be part of an unquoted passphrase, such as
 * `{X: a, X: b}`, or of the value of an unknown key.
 */
export function withoutSecrets(ofYaml: readonly Problem[], ofSchema: readonly Problem[]): Problem[] {
  const unknown = ofSchema.filter(({ message }) => message.startsWith('unknown key'));
  const isOwn = ({ message }: Problem): boolean => (urlProblems as readonly string[]).includes(message);
  const harmless = ofYaml.filter(({ path }) => !unknown.some((key) => isWithin(path, key.path)));
  return secrets.reduce<Problem[]>(
    (problems, { path: ofSecret, message }) => {
      const found = problems.filter((problem) => isWithin(problem.path, ofSecret) && !isOwn(problem));
      const others = problems.filter((problem) => !found.includes(problem));
      const places = new Map(
        found.map(({ path }) => path.slice(0, ofSecret.length)).map((path) => [path.join('\n'), path])
      );
      return [...others, ...[...places.values()].map((path): Problem => ({ path, message }))];
    },
    [...harmless, ...ofSchema]
  );
}

function isWithin(path: Path, outer: readonly (string | number | null)[]): boolean {
  return outer.every((step, index) => step === path[index] || (step === null && index < path.length));
}
