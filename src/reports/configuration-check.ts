import type { Configuration } from '../domain/configuration.ts';
import { printable } from '../domain/untrusted.ts';
import { plural } from './counts.ts';

/** What `check --config-only --json` prints of a configuration in which nothing is wrong. */
export interface ConfigurationCheck {
  schemaVersion: 1;
  configuration: string;
  servers: number;
  classes: string[];
  benchmarks: string[];
}

export function configurationCheck({
  file,
  servers,
  classes: rules,
  expect,
  benchmarks,
}: Configuration): ConfigurationCheck {
  const classes = new Set([...Object.keys(expect), ...rules.map(({ name }) => name)]);
  for (const { hardwareClass } of servers.values()) if (hardwareClass !== null) classes.add(hardwareClass);
  return {
    schemaVersion: 1,
    configuration: printable(file, 500),
    servers: servers.size,
    classes: [...classes].sort(),
    benchmarks: benchmarks.map(({ benchmark }) => benchmark),
  };
}

/** `fleetmark.yaml: 43 servers, 3 classes, 2 benchmarks: nothing wrong` */
export function configurationCheckText({ configuration, servers, classes, benchmarks }: ConfigurationCheck): string {
  const counted = [plural(servers, 'server'), classesOf(classes.length), plural(benchmarks.length, 'benchmark')];
  return `${configuration}: ${counted.join(', ')}: nothing wrong`;
}

function classesOf(count: number): string {
  return count === 1 ? '1 class' : `${count} classes`;
}
