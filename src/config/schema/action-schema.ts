import * as z from 'zod';
import { webhookUrlProblem } from '../../domain/actions/webhook-url.ts';
import { CLASS_NAME_PATTERN } from '../../domain/servers/hardware-class.ts';
import { duration, limit, line, mapLike, percentage } from './schema-values.ts';
import { secretReference } from './secret-schema.ts';

const EXAMPLE = '{ file: /etc/fleetmark/hook } or { env: FLEETMARK_HOOK }';

/** The only messages about these values, which may be secrets. */
export const HOOK_SECRET_FORM = `must have a file or an environment variable, such as ${EXAMPLE}`;
export const HOOK_URL_FORM = `must be an https:// URL, or have a file or an environment variable, such as ${EXAMPLE}`;
export const SLACK_FORM = `must be a map with a url by reference, because it is a secret: slack: { url: ${EXAMPLE} }`;

const literalUrl = line(2000).superRefine((text, context) => {
  const problem = webhookUrlProblem(text);
  if (problem !== null) context.addIssue(problem);
});

const webhook = z.strictObject(
  {
    url: z
      .union([literalUrl, secretReference('URL', HOOK_URL_FORM)], {
        error: ({ input }) => (typeof input === 'string' ? (webhookUrlProblem(input) ?? HOOK_URL_FORM) : HOOK_URL_FORM),
      })
      .describe('Where the request goes. https, except to this machine.'),
    secret: secretReference('secret', HOOK_SECRET_FORM).describe(
      'Signs each request (HMAC-SHA256, as in Standard Webhooks): whsec_ and base64, or any text.'
    ),
  },
  mapLike(`{ url: https://example.com/hook, secret: ${EXAMPLE.split(' or ')[0]} }`)
);

const slack = z.strictObject(
  { url: secretReference('URL', SLACK_FORM).describe('The URL of the incoming webhook, which is a secret.') },
  { error: ({ code }) => (code === 'invalid_type' ? SLACK_FORM : undefined) }
);

const program = z
  .array(z.string().min(1).max(4000), {
    error: 'must be a list of a program and its arguments: [/usr/local/bin/drain, --now]',
  })
  .min(1)
  .max(100);

const servers = z.union([z.int().min(1).max(100_000), percentage]).transform((value, context) => {
  if (value >= 1) return { servers: value };
  if (value > 0) return { share: value };
  context.addIssue('must be above 0 %');
  return z.NEVER;
});

const action = z.strictObject(
  {
    webhook: webhook.exactOptional().describe('Sends signed JSON.'),
    slack: slack.exactOptional().describe('Sends a text to Slack, or to a chat that accepts the same.'),
    command: program
      .exactOptional()
      .describe('Runs a program on the worker, without a shell: for each server, its id is in FLEETMARK_SERVER.'),
    undo: program
      .exactOptional()
      .describe('Runs when a server passes again for which this action has run its command.'),
    on: z
      .array(z.enum(['fail', 'error', 'recovered']), { error: 'must be a list of fail, error and recovered' })
      .min(1)
      .max(3)
      .exactOptional()
      .describe('What it is about. Default: [fail, recovered]; of a command: [fail].'),
    per: z
      .enum(['run', 'server'])
      .exactOptional()
      .describe('One call for all servers of a run, or one for each. Default: run; of a command: server.'),
    asServersEnd: z
      .boolean()
      .default(false)
      .describe(
        'Call it for a failed server as soon as its verdict is final, and not after the run. Needs per: server.'
      ),
    limit: limit(servers, 'a percentage below 100 %, such as 5%, or a number of servers')
      .exactOptional()
      .describe(
        'Maximum of the servers of a hardware class that it has acted on: above it, nothing is done in the class.'
      ),
    timeout: duration(1_000, 3_600_000).exactOptional().describe('Maximum time of a command. Default: 1m.'),
    dryRun: z.boolean().default(false).describe('Only report what it would do.'),
  },
  mapLike('{ slack: { url: { env: FLEETMARK_SLACK_URL } } }')
);

const actionName = z.string().regex(CLASS_NAME_PATTERN, {
  error: 'must be letters, digits, ".", "_" and "-", at most 60 characters, and not only digits',
});

/** `actions:`, by name. */
export const actions = z
  .record(actionName, action)
  .refine((all) => Object.keys(all).length <= 20, 'must have at most 20 actions')
  .default({})
  .describe('What is done about servers that fail, or pass again.');

export type ActionText = z.output<typeof action>;
