import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problems, read } from '../support/read-configuration.ts';

const one = 'servers: { web-1: }\n';
const defaults = { asServersEnd: false, dryRun: false, limit: null, verdicts: ['fail'], onRecovery: true };
const slack = 'slack: { url: { env: SLACK } }';
const hook = 'webhook: { url: https://example.com/h, secret: { env: HOOK } }';

describe('actions:', () => {
  test('have defaults: messages once per run also of servers that pass again, commands for each server', async () => {
    const { actions, file } = await read(`${one}actions:
  tell: { ${hook} }
  page: { ${slack}, on: [error], per: server, asServersEnd: true, dryRun: true }
  drain: { command: [./drain, --now], undo: [undrain], limit: 5% }
  note: { command: [note], limit: 2, timeout: 5m, on: [fail, error] }
  log: { command: [log], limit: off }
`);
    const folder = dirname(file);
    const does = { kind: 'command', undo: null, timeoutMs: 60_000 };
    const drain = { ...does, command: [`${folder}/drain`, '--now'], undo: ['undrain'] };
    expect(actions).toEqual([
      {
        ...{ ...defaults, name: 'tell', per: 'run' },
        does: { kind: 'webhook', url: 'https://example.com/h', secret: { env: 'HOOK' } },
      },
      {
        ...{ ...defaults, name: 'page', per: 'server', verdicts: ['error'], onRecovery: false },
        ...{ asServersEnd: true, dryRun: true, does: { kind: 'slack', url: { env: 'SLACK' } } },
      },
      { ...defaults, name: 'drain', per: 'server', limit: { share: 0.05 }, does: drain },
      {
        ...{ ...defaults, name: 'note', per: 'server', limit: { servers: 2 }, verdicts: ['fail', 'error'] },
        ...{ onRecovery: false, does: { ...does, command: ['note'], timeoutMs: 300_000 } },
      },
      { ...defaults, name: 'log', per: 'server', onRecovery: false, does: { ...does, command: ['log'] } },
    ]);
  });

  test.each([
    ['{}', 'needs one of webhook, slack and command'],
    [`{ ${slack}, ${hook} }`, 'needs one of webhook, slack and command'],
    [`{ ${slack}, undo: [a] }`, 'undo: only applies to a command'],
    [`{ ${slack}, timeout: 5s }`, 'timeout: only applies to a command'],
    ['{ command: [drain] }', 'needs a limit, such as limit: 5% of the servers of a class, or limit: off'],
    [
      '{ command: drain, limit: 5% }',
      'command: must be a list of a program and its arguments: [/usr/local/bin/drain, --now]',
    ],
    ['{ command: [a], limit: 0% }', 'limit: must be above 0 %, or off'],
    ...['5.5', '100%', '250%', '-5%', 'many'].map((limit) => [
      `{ command: [a], limit: ${limit} }`,
      'limit: must be a percentage below 100 %, such as 5%, or a number of servers, or off',
    ]),
    ['{ command: [a], limit: off, on: [recovered] }', 'on: must not have recovered: the undo of a command is for that'],
    [`{ ${slack}, on: [recovered] }`, 'on: must have fail or error'],
    [`{ ${slack}, on: [fial] }`, 'on[0]: must be fail or error or recovered; did you mean "fail"?'],
    [`{ ${slack}, asServersEnd: true }`, 'asServersEnd: needs per: server'],
    [`{ ${slack}, dryrun: true }`, 'dryrun: unknown key; did you mean "dryRun"?'],
    ['{ webhook: { url: http://example.com/h, secret: { env: A } } }', 'webhook.url: must be https://'],
    ['{ webhook: { url: https://a:b@example.com, secret: { env: A } } }', 'webhook.url: must not contain a user'],
    ['{ webhook: { url: ftp://example.com, secret: { env: A } } }', 'webhook.url: must be a URL such as'],
    ['{ webhook: { url: https://example.com } }', 'webhook.secret: must have a file or an environment variable'],
  ])('%s is refused', async (text, message) => {
    const found = await problems(`${one}actions: { page: ${text} }`);
    expect(found.join('\n')).toMatch(/^\S*fleetmark\.yaml:2:\d+: actions\.page/);
    expect(found.join('\n')).toContain(`actions.page${message.startsWith('needs') ? ': ' : '.'}${message}`);
  });

  test.each([
    '{ slack: https://hooks.slack.com/hunter2 }',
    '{ slack: { url: https://hooks.slack.com/hunter2 } }',
    '{ slack: { url: { env: A, hunter2: B } } }',
    '{ slack: { hunter2: a } }',
    '{ webhook: { url: hunter2, secret: { env: A } } }',
    '{ webhook: { url: http://hunter2.example.com, secret: { env: A } } }',
    '{ webhook: { url: { hunter2: a }, secret: { env: A } } }',
    '{ webhook: { url: *hunter2, secret: { env: A } } }',
    '{ webhook: { url: https://example.com, secret: hunter2 } }',
    '{ webhook: { url: https://example.com, secret: { hunter2: a, hunter2: b } } }',
  ])('%s: no message repeats what may be a secret', async (text) => {
    const found = await problems(`${one}actions: { page: ${text} }`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/: actions\.page\.(slack|webhook\.(url|secret)): must /);
    expect(found[0]).not.toContain('hunter2');
  });
});
