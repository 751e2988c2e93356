import * as z from 'zod';
import type { BenchmarkKind } from '../../domain/measurements/known-tool.ts';
import { isServerId, SERVER_ID_RULE } from '../../domain/servers/server.ts';
import { actions } from './action-schema.ts';
import { benchmarksSchema } from './benchmark-schema.ts';
import { className, hardwareClass } from './class-schema.ts';
import { expectation, metricName } from './expectation-schema.ts';
import { isHost, wrongHostKey } from '../../source/hosts/host.ts';
import { isNodeSet } from '../../inventory/entries/node-set.ts';
import { limit, line, mapLike, path, percentage } from './schema-values.ts';
import { jump, ssh, user } from './ssh-schema.ts';
import { store } from './store-schema.ts';

/** Validates and documents `fleetmark.yaml`; published as `schema/fleetmark.schema.json`. */

// The names in a node set are checked when it is expanded.
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
    host: host.exactOptional().describe('Host name or IP address; for a node set of ids, a node set. Default: the id.'),
    port: z
      .int()
      .min(1)
      .max(65535)
      .exactOptional()
      .describe('Port of sshd. Default: from the ssh configuration, else 22.'),
    user: user.exactOptional().describe('Default: `ssh.user`.'),
    key: path.exactOptional().describe('Private key file. Default: `ssh.key`.'),
    hostKey: hostKey
      .exactOptional()
      .describe('The only accepted host key, `SHA256:...` as ssh-keygen -lf shows it. Replaces known_hosts.'),
    jump: jump
      .exactOptional()
      .describe('Jump hosts, `user@host:port`, the first one is reached directly; or `none`. Default: `ssh.jump`.'),
    class: className.exactOptional().describe('Hardware class. Default: from its groups, or from its hardware.'),
    groups: z.array(line(100)).max(100).exactOptional().describe('Groups, for selections and hardware classes.'),
  },
  mapLike('{ host: 10.0.0.11 }, or empty')
);

const quiet = z.strictObject({
  cpu: limit(percentage, 'a percentage such as 20%')
    .prefault('20%')
    .describe('CPU time used by other processes for one second: above this the server is busy, and nothing starts.'),
  gpuProcesses: limit(z.int().min(0).max(1000), 'a number such as 0')
    .prefault(0)
    .describe('Compute processes of others on its GPUs: above this the server is busy, or a short sample doubtful.'),
  otherLoad: limit(percentage, 'a percentage such as 15%')
    .prefault('15%')
    .describe('CPU time used by other processes during a sample: above this a short sample is doubtful.'),
  steal: limit(percentage, 'a percentage such as 5%')
    .prefault('5%')
    .describe('CPU time withheld by the hypervisor or a CPU quota: above this a short sample is doubtful.'),
  unused: limit(percentage, 'a percentage such as 10%')
    .prefault('10%')
    .describe('CPU time left unused by a benchmark that loads all CPUs: above this a short sample is doubtful.'),
  throttling: limit(z.int().min(0).max(1_000_000_000), 'a number such as 0')
    .prefault(0)
    .describe('Slow-downs because of heat during a sample: above this a short sample is doubtful.'),
});

/** @param kinds benchmarks with built-in tools */
export function configurationSchema(kinds: readonly BenchmarkKind[]) {
  return z
    .strictObject({
      servers: z
        .record(serverId, server.nullable())
        .exactOptional()
        .describe('The servers by id. A node set such as `web-[01-16]` is several servers.'),
      inventory: path
        .exactOptional()
        .describe(
          'In place of `servers`: an Ansible inventory (INI, YAML, or the output of ansible-inventory --list), or a file with one `user@host:port` per line.'
        ),
      ssh: ssh.prefault({}).describe('How to connect to all servers.'),
      maxParallel: z.int().min(1).max(1000).default(5).describe('Maximum number of servers measured in parallel.'),
      quiet: quiet.prefault({}).describe('Limits of other load. `off` disables one.'),
      benchmarks: benchmarksSchema(kinds),
      classes: z
        .record(
          className.regex(/^(?!default$)/, { error: 'is reserved: it is the class of all other servers' }),
          hardwareClass.nullable()
        )
        .default({})
        .describe('Hardware classes. The first match counts; all other servers have the class `default`.'),
      expect: z
        .record(className, z.record(metricName, expectation))
        .default({})
        .describe('Expected values, by class and metric.'),
      store: store.exactOptional(),
      actions,
      requireExpectations: z.boolean().default(false).describe('A server without expectations is an error.'),
    })
    .meta({ title: 'fleetmark.yaml', description: 'The configuration of a worker.' });
}

export type ConfigurationText = z.output<ReturnType<typeof configurationSchema>>;
export type ServersText = NonNullable<ConfigurationText['servers']>;
export type SshText = ConfigurationText['ssh'];
export type ClassesText = ConfigurationText['classes'];
export type BenchmarksText = ConfigurationText['benchmarks'];
export type BenchmarkText = NonNullable<BenchmarksText[string]>;
export type FaultText = NonNullable<BenchmarkText['faults']>[number];
export type MetricText = NonNullable<BenchmarkText['metrics']>[string];

/** The JSON schema of `fleetmark.yaml` for editors: draft 7, which YAML plugins support. */
export function configurationJsonSchema(kinds: readonly BenchmarkKind[]): Record<string, unknown> {
  return { ...z.toJSONSchema(configurationSchema(kinds), { io: 'input', target: 'draft-7' }) };
}
