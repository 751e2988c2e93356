import { z } from 'zod';
import { isUser } from '../../source/hosts/host.ts';
import { readJumpHosts } from '../../source/hosts/jump-hosts.ts';
import { duration, line, path } from './schema-values.ts';

/** An account on a server. */
export const user = z.string().refine(isUser, { error: 'must be a user name' });

/** Jump hosts on the way to a server; empty: `none`. */
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

// What is written in its place may be the passphrase itself, and is not shown.
export const PASSPHRASE_FORM =
  'must have a file or a command, such as { file: ~/.ssh/passphrase } or { command: pass show bench }';
const passphrase = z
  .strictObject(
    {
      file: z.exactOptional(path).describe('Its first line is the passphrase. Only its owner may be able to read it.'),
      command: z
        .exactOptional(line(1000))
        .describe('The first line that it writes is the passphrase. Run by /bin/sh where fleetmark runs, at most 30s.'),
    },
    { error: ({ code }) => (code === 'invalid_type' ? PASSPHRASE_FORM : undefined) }
  )
  .refine(({ file, command }) => (file === undefined) !== (command === undefined), { error: PASSPHRASE_FORM });

/** What `ssh` of `fleetmark.yaml` may hold: how to connect, for all servers alike. */
export const ssh = z.strictObject({
  config: z
    .union([z.boolean(), path], { error: 'must be true, false, or the path of a file' })
    .default(true)
    .describe(
      'What fills in what is left open here: true: ~/.ssh/config and /etc/ssh/ssh_config, as for ssh; false: nothing; or the path of such a file.'
    ),
  user: z
    .exactOptional(user)
    .describe('Account on the servers. Default: what the configuration of ssh says, else the current user.'),
  key: z
    .exactOptional(path)
    .describe(
      'Private key file. Default: what the configuration of ssh says, else the ssh-agent, else the first of ~/.ssh/id_ed25519, id_ecdsa, id_rsa.'
    ),
  jump: z
    .exactOptional(jump)
    .describe('Jump hosts on the way, `user@host:port`; none. Default: what the configuration of ssh says.'),
  knownHosts: z
    .exactOptional(z.union([path, z.array(path).min(1).max(20)], { error: 'must be a file, or a list of files' }))
    .describe(
      'Files with the host keys. Default: what the configuration of ssh says, else ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts.'
    ),
  hostKeys: z
    .enum(['strict', 'accept-new'])
    .default('strict')
    .describe(
      'Of a server whose host key is not known: `strict` refuses it, `accept-new` trusts it and adds its key to the first of these files. A key that has changed is refused by both.'
    ),
  passphrase: z
    .exactOptional(passphrase)
    .describe('Of private keys that are encrypted and that no ssh-agent holds. Default: there is none.'),
  connectTimeout: duration(100, 600_000).prefault('10s').describe('For one attempt to connect.'),
  giveUpAfter: duration(0, 86_400_000).prefault('60s').describe('How long an unreachable server is tried again.'),
  answerTimeout: duration(1_000, 600_000)
    .prefault('60s')
    .describe(
      'How long a server that lets us in may stay without an answer. Its row is an error at most this long after the time limit of the benchmark.'
    ),
  agent: z
    .exactOptional(z.union([z.boolean(), path], { error: 'must be true, false, or the path of a socket' }))
    .describe('The ssh-agent: its socket, or whether to use the one of SSH_AUTH_SOCK. Default: if there is one.'),
});
