import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isSample } from '../../inventory/selection/sample-servers.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { MAX_SEED } from '../../domain/values/seeded-random.ts';
import { commaSeparated } from './option-values.ts';

/** Which servers, the same on every verb: `command.addOption(limitOption).addOption(sampleOption).addOption(seedOption)`. */
export interface SelectionOptions {
  limit?: string[] | undefined;
  sample?: number | string | undefined;
  seed?: number | undefined;
}

export const limitOption = new Option(
  '--limit <patterns...>',
  "servers: ids, groups, '@group', 'web-*', '!web-3' (default: all)"
).argParser(commaSeparated);

export const sampleOption = new Option('--sample <n>', 'of these so many at random: 5, or 10%').argParser(sample);

export const seedOption = new Option('--seed <n>', 'of an earlier --sample, to have the same servers again').argParser(
  seed
);

/** Their part of the input of a workflow. */
export function selectionInput({ limit, sample, seed }: SelectionOptions): Pick<FleetInput, keyof SelectionOptions> {
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(sample === undefined ? {} : { sample }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function sample(value: string): number | string {
  const given = /^\d+$/.test(value) ? Number(value) : value;
  if (!isSample(given)) throw new InvalidArgumentError('It must be a number of servers such as 5, or 10%.');
  return given;
}

function seed(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= MAX_SEED)) throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_SEED}.`);
  return number;
}
