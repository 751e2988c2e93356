/** Options that several verbs have, added in the order of their help. */
import type { Command } from '@commander-js/extra-typings';
import { configOption, inventoryOption } from './configuration-options.ts';
import { groups } from './option-groups.ts';
import { commaSeparated, limitOption, positiveInteger, sampleOption, seedOption } from './fleet-options.ts';

export function withConfiguration(command: Command) {
  return command.addOption(configOption).addOption(inventoryOption);
}

export function withSelection(command: Command) {
  return withConfiguration(command).addOption(limitOption).addOption(sampleOption).addOption(seedOption);
}

export function withBenchmarks(command: Command) {
  return withSelection(command)
    .optionsGroup(groups.measuring)
    .option('--max-parallel <n>', 'servers in parallel; can only lower the configured value', positiveInteger)
    .option('--benchmarks <benchmarks...>', 'only these benchmarks (default: all configured)', commaSeparated);
}

/** Everything that the input of a run has. */
export function withRunInput(command: Command) {
  return withBenchmarks(command)
    .option('--note <text>', 'a note for the report and the Web UI')
    .option('--measure-only', 'measure, but do not judge')
    .option('--even-if-busy', 'also measure servers that are busy, and mark them');
}
