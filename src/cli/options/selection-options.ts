import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isSample } from '../../inventory/selection/sample-servers.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { MAX_SEED } from '../../domain/values/seeded-random.ts';
import { commaSeparated } from './option-values.ts';

/** Options that select servers, the same on every verb that has them. */
export interface SelectionOptions {
  limit?: string[] | undefined;
  sample?: number | string | undefined;
  seed?: number | undefined;
}

export const limitOption = new Option(
  '--limit <patterns...>',
  "servers: ids, groups, '@group', 'web-*', '!web-3' (default: all)"
).argParser(commaSeparated);

export const sampleOption = new Option('--sample <n>', 'random sample of the selection: 5, or 10%').argParser(sample);

export const seedOption = new Option('--seed <n>', 'seed of an earlier --sample, to select the same servers').argParser(
  seed
);

/** The part of the workflow input that these options set. */
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
