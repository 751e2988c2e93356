import { z } from 'zod';
import type { BenchmarkKind } from '../../domain/measurements/known-tool.ts';
import { isServerId, SERVER_ID_RULE } from '../../domain/servers/server.ts';
import { benchmarksSchema } from './benchmark-schema.ts';
import { className, hardwareClass } from './class-schema.ts';
import { expectation, metricName } from './expectation-schema.ts';
import { wrongHostKey } from '../../source/hosts/host-key.ts';
import { isHost } from '../../source/hosts/host.ts';
import { isNodeSet } from '../../inventory/entries/node-set.ts';
import { limit, line, path, percentage } from './schema-values.ts';
import { jump, ssh, user } from './ssh-schema.ts';

/** The schema of `fleetmark.yaml`: validates it, documents it, and is published as `schema/fleetmark.schema.json`. */

// What the names of a node set are, is looked at where they are expanded.
const serverId = z.string().refine((text) => isServerId(text) || isNodeSet(text), {
  error: `is not a valid server id: ${SERVER_ID_RULE}`,
});
const host = z.string().refine((text) => isHost(text) || isNodeSet(text), {
  error: 'must be a host name or an IP address; port and user are separate keys',
});
const hostKey = z.string().superRefine((text, context) => {
  const message = wrongHostKey(text);
  if (message !== null) context.addIssue(message);
});

const server = z.strictObject(
  {
    host: z
      .exactOptional(host)
      .describe('Host name or IP address, or a node set with one for each id. Default: the id.'),
    port: z
      .exactOptional(z.int().min(1).max(65535))
      .describe('Port of sshd. Default: what the configuration of ssh says, else 22.'),
    user: z.exactOptional(user).describe('Default: `ssh.user`.'),
    key: z.exactOptional(path).describe('Private key file. Default: `ssh.key`.'),
    hostKey: z
      .exactOptional(hostKey)
      .describe(
        'The only host key that it may show, whatever known_hosts says: `SHA256:...`, as ssh-keygen -lf has it.'
      ),
    jump: z
      .exactOptional(jump)
      .describe('Jump hosts on the way, `user@host:port`, the first one reached directly; none. Default: `ssh.jump`.'),
    class: z
      .exactOptional(className)
      .describe('Hardware class. Default: by its groups, or by what it turns out to be.'),
    groups: z.exactOptional(z.array(line(100)).max(100)).describe('Names to select it by, and to give it a class by.'),
  },
  {
    error: ({ code }) => (code === 'invalid_type' ? 'must be a map such as { host: 10.0.0.11 }, or empty' : undefined),
  }
);

const quiet = z.strictObject({
  cpu: limit(percentage, 'a percentage such as 20%')
    .prefault('20%')
    .describe('More of its CPU time in use by others for a second: the server is busy, and nothing is started on it.'),
  gpuProcesses: limit(z.int().min(0).max(1000), 'a number such as 0')
    .prefault(0)
    .describe('More compute processes of others on its GPUs: busy before a benchmark, doubtful while one runs.'),
  otherLoad: limit(percentage, 'a percentage such as 15%')
    .prefault('15%')
    .describe('More of all CPU time in use by others while it is measured: a short sample is doubtful.'),
  steal: limit(percentage, 'a percentage such as 5%')
    .prefault('5%')
    .describe(
      'More of all CPU time withheld by its hypervisor or a CPU quota while it is measured: a short sample is doubtful.'
    ),
  unused: limit(percentage, 'a percentage such as 10%')
    .prefault('10%')
    .describe('More of its CPU time left unused by a benchmark that loads all CPUs: a short sample is doubtful.'),
  throttling: limit(z.int().min(0).max(1_000_000_000), 'a number such as 0')
    .prefault(0)
    .describe('Slowed down for heat more often while it is measured: a short sample is doubtful.'),
});

/** @param kinds the benchmarks that have tools */
export function configurationSchema(kinds: readonly BenchmarkKind[]) {
  return z
    .strictObject({
      servers: z
        .exactOptional(z.record(serverId, server.nullable()))
        .describe(
          'The servers by id; a node set such as `web-[01-16]` is many. One without settings is reached under its id.'
        ),
      inventory: z
        .exactOptional(path)
        .describe(
          'In place of `servers`: an Ansible inventory (INI, YAML, or what ansible-inventory --list writes), or a file with one host a line, `user@host:port`.'
        ),
      ssh: ssh.prefault({}).describe('How to connect, for all servers alike.'),
      maxParallel: z.int().min(1).max(1000).default(5).describe('How many servers are measured at once at most.'),
      quiet: quiet
        .prefault({})
        .describe('When a server is too busy to be measured, or to be blamed. `off` takes a limit away.'),
      benchmarks: benchmarksSchema(kinds),
      classes: z
        .record(
          className.regex(/^(?!default$)/, { error: 'is reserved: it is the class of all other servers' }),
          hardwareClass.nullable()
        )
        .default({})
        .describe('Which servers are of which hardware class; of several the first. What is left is `default`.'),
      expect: z
        .record(className, z.record(metricName, expectation))
        .default({})
        .describe('What the metrics of a hardware class should reach, by class and metric.'),
      requireExpectations: z
        .boolean()
        .default(false)
        .describe('A server of whose class nothing is expected is an error.'),
    })
    .meta({ title: 'fleetmark.yaml', description: 'What the fleetmark worker works by.' });
}

export type ConfigurationText = z.output<ReturnType<typeof configurationSchema>>;
export type ServersText = NonNullable<ConfigurationText['servers']>;
export type SshText = ConfigurationText['ssh'];
export type ClassesText = ConfigurationText['classes'];
export type BenchmarksText = ConfigurationText['benchmarks'];

/** The JSON schema of `fleetmark.yaml` for editors: draft 7, which YAML plugins support. */
export function configurationJsonSchema(kinds: readonly BenchmarkKind[]): Record<string, unknown> {
  return { ...z.toJSONSchema(configurationSchema(kinds), { io: 'input', target: 'draft-7' }) };
}
