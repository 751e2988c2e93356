import type { ActionSettings, ActionTarget, ActionVerdict } from '../domain/actions/action.ts';
import type { SecretReference } from '../domain/values/secret-reference.ts';
import type { Problem } from '../source/problem.ts';
import { resolvePath, type Account } from '../source/surroundings.ts';
import { brokenKeyRules, brokenValueRules } from './rules.ts';
import type { ActionText } from './schema/action-schema.ts';

const MINUTE_MS = 60_000;

type ResolvePath = (path: string) => string;

/** The actions with all defaults, in their written order. */
export function readActions(
  text: Readonly<Record<string, ActionText>>,
  file: string,
  { home }: Pick<Account, 'home'>
): { actions: ActionSettings[]; problems: Problem[] } {
  const problems = Object.entries(text).flatMap(([name, written]) => dependentKeyProblems(name, written));
  const resolve: ResolvePath = (path) => resolvePath(path, file, home);
  const actions = Object.entries(text).flatMap(([name, written]) => {
    const does = targetOf(written, resolve);
    return does === null ? [] : [settingsOf(name, written, does)];
  });
  return { actions, problems };
}

function settingsOf(name: string, written: ActionText, does: ActionTarget): ActionSettings {
  const isCommand = does.kind === 'command';
  const on = written.on ?? (isCommand ? ['fail'] : ['fail', 'recovered']);
  return {
    ...{ name, does, asServersEnd: written.asServersEnd, dryRun: written.dryRun },
    verdicts: on.filter((each): each is ActionVerdict => each !== 'recovered'),
    onRecovery: isCommand ? does.undo !== null : on.includes('recovered'),
    per: written.per ?? (isCommand ? 'server' : 'run'),
    limit: written.limit ?? null,
  };
}

function targetOf({ webhook, slack, command, undo, timeout }: ActionText, resolve: ResolvePath): ActionTarget | null {
  const reference = (of: { file?: string; env?: string }): SecretReference =>
    of.file === undefined ? { env: of.env! } : { file: resolve(of.file) };
  if (webhook !== undefined) {
    const { url, secret } = webhook;
    return { kind: 'webhook', url: typeof url === 'string' ? url : reference(url), secret: reference(secret) };
  }
  if (slack !== undefined) return { kind: 'slack', url: reference(slack.url) };
  if (command === undefined) return null;
  const program = ([first, ...args]: readonly string[]): string[] => [
    // A name alone is looked up in PATH.
    /[/~]/.test(first!) ? resolve(first!) : first!,
    ...args,
  ];
  const timeoutMs = timeout ?? MINUTE_MS;
  return { kind: 'command', command: program(command), undo: undo === undefined ? null : program(undo), timeoutMs };
}

/** Problems of keys that depend on each other. */
function dependentKeyProblems(name: string, written: ActionText): Problem[] {
  const { webhook, slack, command, undo, on = ['fail'], per, asServersEnd, limit, timeout } = written;
  const kinds = [webhook, slack, command].filter((each) => each !== undefined).length;
  const isCommand = command !== undefined;
  const perServer = (per ?? (isCommand ? 'server' : 'run')) === 'server';
  const problems = [
    ...brokenKeyRules([
      [kinds !== 1, [], 'needs one of webhook, slack and command'],
      [kinds === 1 && !isCommand && undo !== undefined, ['undo'], 'only applies to a command'],
      [kinds === 1 && !isCommand && timeout !== undefined, ['timeout'], 'only applies to a command'],
      [asServersEnd && !perServer, ['asServersEnd'], 'needs per: server'],
      [
        isCommand && limit === undefined,
        [],
        'needs a limit, such as limit: 5% of the servers of a class, or limit: off',
      ],
    ]),
    ...brokenValueRules([
      [isCommand && on.includes('recovered'), ['on'], 'must not have recovered: the undo of a command is for that'],
      [on.every((each) => each === 'recovered'), ['on'], 'must have fail or error'],
    ]),
  ];
  return problems.map((problem) => ({ ...problem, path: ['actions', name, ...problem.path] }));
}
