import type { ActionSettings } from '../domain/actions/action.ts';
import type { ActionMessage, ActionRunner, CallAttempt } from '../domain/actions/runner.ts';
import { webhookUrlProblem } from '../domain/actions/webhook-url.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { SecretReference } from '../domain/values/secret-reference.ts';
import { hasProgram } from '../processes/find-executable.ts';
import { messageJson } from '../reports/messages/message-json.ts';
import { slackJson } from '../reports/messages/slack-json.ts';
import { readSecret } from '../source/read-secret.ts';
import { postJson } from './post-json.ts';
import { runCommand } from './run-command.ts';
import { signingKey, signMessage } from './sign-message.ts';

const MIN_KEY_BYTES = 16;

/** Calls actions from this process, with its environment, files and programs. */
export function createActionRunner(configuration: () => Promise<Configuration>): ActionRunner {
  return {
    check: (action) => checkAction(action),
    async call(action, message, signal) {
      const { does } = action;
      if (does.kind !== 'command') return sendMessage(action, message, signal);
      return runCommand(does, message, withoutSecrets(process.env, await configuration()), signal);
    },
  };
}

async function checkAction({ name, does }: ActionSettings): Promise<void> {
  if (does.kind !== 'command') {
    await urlOf(name, does.kind, does.url);
    if (does.kind === 'webhook') await checkSecret(name, does.secret);
    return;
  }
  for (const [key, program] of Object.entries({ command: does.command[0]!, undo: does.undo?.[0] })) {
    if (program === undefined) continue;
    if (!(await hasProgram(program, process.env['PATH'])))
      throw new Failure(
        'InvalidConfig',
        `actions.${name}.${key}: this worker has no program ${JSON.stringify(program)}`
      );
  }
}

async function sendMessage(
  { name, does }: ActionSettings,
  message: ActionMessage,
  signal: AbortSignal
): Promise<CallAttempt> {
  if (does.kind === 'slack') return postJson(await urlOf(name, 'slack', does.url), slackJson(message), {}, signal);
  if (does.kind !== 'webhook') throw new Error(`not a message: ${does.kind}`);
  const body = messageJson(message);
  const headers = signMessage(await secretOf(name, does.secret), message.id, body);
  return postJson(await urlOf(name, 'webhook', does.url), body, headers, signal);
}

async function checkSecret(name: string, secret: SecretReference): Promise<void> {
  if (signingKey(await secretOf(name, secret)).length >= MIN_KEY_BYTES) return;
  const advice = `make one with: echo "whsec_$(openssl rand -base64 32)"`;
  throw new Failure(
    'InvalidConfig',
    `actions.${name}.webhook.secret: must have at least ${MIN_KEY_BYTES} bytes; ${advice}`
  );
}

function secretOf(name: string, secret: SecretReference): Promise<string> {
  return readSecret(secret, { kind: 'webhook secret', key: `actions.${name}.webhook.secret` });
}

async function urlOf(name: string, kind: string, url: string | SecretReference): Promise<URL> {
  const key = `actions.${name}.${kind}.url`;
  const text = typeof url === 'string' ? url : (await readSecret(url, { kind: 'URL', key })).trim();
  const problem = webhookUrlProblem(text);
  if (problem !== null) throw new Failure('InvalidConfig', `${key}: ${problem}`);
  return new URL(text);
}

/** Variables of the worker, and of its libraries, that hold secrets, in addition to those that the configuration names. */
const SECRET_VARIABLE = /^(TEMPORAL_(API_KEY|TLS_CLIENT_KEY_DATA|CODEC_AUTH|GRPC_META_.*)|PGPASSWORD)$/;

/** A command needs the environment of its worker, such as KUBECONFIG, but none of the secrets that are for the worker. */
function withoutSecrets(env: NodeJS.ProcessEnv, { actions, store }: Configuration): NodeJS.ProcessEnv {
  const references = [store.password, ...actions.flatMap(({ does }) => referencesOf(does))];
  const names = new Set(references.flatMap((each) => (each !== null && 'env' in each ? [each.env] : [])));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.has(name) && !SECRET_VARIABLE.test(name)));
}

function referencesOf(does: ActionSettings['does']): SecretReference[] {
  if (does.kind === 'command') return [];
  const url = typeof does.url === 'string' ? [] : [does.url];
  return does.kind === 'webhook' ? [...url, does.secret] : url;
}
