import { z } from 'zod';
import { isServerId, serverIdRule } from '../../domain/servers/server.ts';
import { className, hardwareClass } from './class-schema.ts';
import { expectation, metricName } from './expectation-schema.ts';
import { wrongHostKey } from '../../source/hosts/host-key.ts';
import { isHost } from '../../source/hosts/host.ts';
import { isNodeSet } from '../../inventory/entries/node-set.ts';
import { duration, limit, line, path, percentage } from './schema-values.ts';
import { jump, ssh, user } from './ssh-schema.ts';

/** What `fleetmark.yaml` may hold: checked by it, documented by it, and published as `schema/fleetmark.schema.json`. */

const name = /^[a-z][a-z0-9_-]{0,39}$/;

// What the names of a node set are, is looked at where they are expanded.
const serverId = z.string().refine((text) => isServerId(text) || isNodeSet(text), {
  error: `is no server id: ${serverIdRule}`,
});
const host = z.string().refine((text) => isHost(text) || isNodeSet(text), {
  error: 'must be a host name or an IP address; port and user have keys of their own',
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
    error: ({ code }) =>
      code === 'invalid_type' ? 'must be a map such as { host: 10.0.0.11 }, or nothing' : undefined,
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

const userMetric = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(1000)
    .describe(
      'Regular expression that matches the output exactly once; its first group, else all of it, is the number.'
    ),
  unit: line(30).describe('As in `events/s`.'),
  better: z.enum(['higher', 'lower']).default('higher').describe('Which direction is good.'),
});

const gpuDevices = z
  .strictObject({
    vendor: z.exactOptional(z.enum(['nvidia', 'amd', 'intel'])).describe('Who made the GPU.'),
    model: z
      .exactOptional(line(100))
      .describe('Model, as `*A100*`; where nothing on the server names it, its PCI ids: `*10de:20b0`.'),
  })
  .refine((devices) => Object.keys(devices).length > 0, {
    error: 'must have a vendor or a model',
    when: ({ issues }) => issues.length === 0,
  });

const benchmark = z.strictObject({
  samples: z
    .exactOptional(z.int().min(1).max(100))
    .describe('How many times it is measured; the median counts. Default: 3, of a command 1.'),
  duration: z
    .exactOptional(duration(1000, 3_600_000))
    .describe('How long one sample takes, in whole seconds, of a tool that can be told. Default: 10s.'),
  timeout: z
    .exactOptional(duration(1000, 86_400_000))
    .describe(
      'Each sample is killed after this long. Default: 4 times the duration, at least 60s; gpu 5m; a command 10m.'
    ),
  command: z
    .exactOptional(
      z
        .string()
        .max(10_000)
        .refine((text) => text.trim() !== '', 'must not be empty')
        .refine((text) => !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text), 'must not hold control characters')
    )
    .describe('POSIX shell to run on the servers, in place of the tools.'),
  silence: z
    .exactOptional(duration(1000, 86_400_000))
    .describe('Each sample is killed when it writes nothing for this long. Default: it may be silent.'),
  metrics: z
    .exactOptional(
      z.record(z.string().regex(name, { error: 'is no name: a-z, 0-9, "_" and "-", at most 40' }), userMetric)
    )
    .describe('What the output of the command means: `score` of the benchmark `burn` is the metric `burn.score`.'),
  loadsAllCpus: z
    .exactOptional(z.boolean())
    .describe(
      'Of a command: it keeps all CPUs busy all the time, so that `quiet.unused` applies to it. Default: false.'
    ),
  openclCpuDevices: z
    .exactOptional(z.boolean())
    .describe('Of gpu: count OpenCL CPU devices as GPUs, so that PoCL can stand in for one in tests. Default: false.'),
  devices: z
    .exactOptional(gpuDevices)
    .describe(
      'Of gpu: which devices are measured; all criteria must match. Default: NVIDIA, AMD and Intel GPUs that are neither integrated into a processor nor the console of a server with other GPUs.'
    ),
});

export const configurationSchema = z
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
    benchmarks: z
      .record(z.string().regex(name, { error: 'is no name: a-z, 0-9, "_" and "-", at most 40' }), benchmark.nullable())
      .default({ cpu: null, gpu: null })
      .describe('What runs, in this order: cpu, gpu, and commands under names of your own.'),
    classes: z
      .record(
        className.regex(/^(?!default$)/, { error: 'is what is left: it needs no rule' }),
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

export type ConfigurationText = z.output<typeof configurationSchema>;
export type ServersText = NonNullable<ConfigurationText['servers']>;
export type SshText = ConfigurationText['ssh'];
export type ClassesText = ConfigurationText['classes'];
export type BenchmarksText = ConfigurationText['benchmarks'];

/** For editors: the JSON schema of `fleetmark.yaml`, of draft 7, which is what YAML plugins understand. */
export function configurationJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(configurationSchema, { io: 'input', target: 'draft-7' }) };
}
