import type { Configuration } from '../../domain/plans/configuration.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { plural } from '../counts.ts';

/** What `check --config-only --json` prints for a valid configuration. */
export interface ConfigurationCheck {
  schemaVersion: 1;
  configuration: string;
  servers: number;
  /** How many of these --limit and --sample select. */
  selected: number;
  classes: string[];
  benchmarks: string[];
}

export function configurationCheck(
  { file, servers, classes: rules, expect, benchmarks }: Configuration,
  selected: number
): ConfigurationCheck {
  const classes = new Set([...Object.keys(expect), ...rules.map(({ name }) => name)]);
  for (const { hardwareClass } of servers.values()) if (hardwareClass !== null) classes.add(hardwareClass);
  return {
    schemaVersion: 1,
    configuration: printable(file, 500),
    servers: servers.size,
    selected,
    classes: [...classes].sort(),
    benchmarks: benchmarks.map(({ benchmark }) => benchmark),
  };
}

/** `fleetmark.yaml: 43 servers (5 selected), 3 classes, 2 benchmarks: valid` */
export function configurationCheckText(check: ConfigurationCheck): string {
  const { configuration, servers, selected, classes, benchmarks } = check;
  const selectedText = selected === servers ? '' : ` (${selected} selected)`;
  const classCount = plural(classes.length, 'class', 'classes');
  const counted = [`${plural(servers, 'server')}${selectedText}`, classCount, plural(benchmarks.length, 'benchmark')];
  return `${configuration}: ${counted.join(', ')}: valid`;
}
