import * as z from 'zod';
import { isUser } from '../../source/hosts/host.ts';
import { readJumpHosts } from '../../source/hosts/jump-hosts.ts';
import { duration, line, path } from './schema-values.ts';

export const user = z.string().refine(isUser, { error: 'is not a valid user name' });

/** Jump hosts; empty: `none`. */
export const jump = z
  .union([z.string().max(1000), z.array(z.string().max(300)).min(1).max(8)], {
    error: 'must be a jump host such as bench@bastion:2222, a list of them, or none',
  })
  .transform((written, context) => {
    const hosts = readJumpHosts([written].flat().join(','));
    if (typeof hosts !== 'string') return hosts;
    context.addIssue(hosts);
    return z.NEVER;
  });

/** The only message about a passphrase, because the invalid value may be the passphrase itself. */
export const PASSPHRASE_FORM =
  'must have a file or a command, such as { file: ~/.ssh/passphrase } or { command: pass show bench }';
const passphrase = z
  .strictObject(
    {
      file: path.exactOptional().describe('Its first line is the passphrase. Only its owner may have access.'),
      command: line(1000)
        .exactOptional()
        .describe('Prints the passphrase as its first line. Runs in /bin/sh on this machine, for at most 30s.'),
    },
    { error: ({ code }) => (code === 'invalid_type' ? PASSPHRASE_FORM : undefined) }
  )
  .refine(({ file, command }) => (file === undefined) !== (command === undefined), { error: PASSPHRASE_FORM });

/** The values of `ssh:`. */
export const ssh = z.strictObject({
  config: z
    .union([z.boolean(), path], { error: 'must be true, false, or the path of a file' })
    .default(true)
    .describe(
      'The ssh configuration, which sets what is missing here. true: ~/.ssh/config and /etc/ssh/ssh_config; false: none; or the path of a file.'
    ),
  user: user
    .exactOptional()
    .describe('User name on the servers. Default: from the ssh configuration, else the current user.'),
  key: path
    .exactOptional()
    .describe(
      'Private key file, the only one that is tried. Default: as ssh, the IdentityFiles of its configuration and the ssh-agent, or the ssh-agent and then ~/.ssh/id_ed25519, id_ecdsa, id_rsa.'
    ),
  jump: jump.exactOptional().describe('Jump hosts, `user@host:port`, or `none`. Default: from the ssh configuration.'),
  knownHosts: z
    .union([path, z.array(path).min(1).max(20)], { error: 'must be a file, or a list of files' })
    .exactOptional()
    .describe(
      'Files with host keys. Default: from the ssh configuration, else ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts.'
    ),
  hostKeys: z
    .enum(['strict', 'accept-new'])
    .default('strict')
    .describe(
      'For unknown host keys: `strict` refuses them, `accept-new` adds them to the first of the known_hosts files. Both refuse a changed key.'
    ),
  passphrase: passphrase
    .exactOptional()
    .describe('For encrypted private keys that are not in an ssh-agent. Default: none.'),
  connectTimeout: duration(100, 600_000).prefault('10s').describe('Timeout of one attempt to connect.'),
  giveUpAfter: duration(0, 86_400_000).prefault('60s').describe('Time to retry an unreachable server.'),
  answerTimeout: duration(1_000, 600_000)
    .prefault('60s')
    .describe('Maximum time without an answer after the login, in addition to the timeout of the benchmark.'),
  agent: z
    .union([z.boolean(), path], { error: 'must be true, false, or the path of a socket' })
    .exactOptional()
    .describe('Whether to use the ssh-agent of SSH_AUTH_SOCK, or the path of a socket. Default: if it is set.'),
});
