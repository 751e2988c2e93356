import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { MAX_SEED } from '../../domain/values/seeded-random.ts';
import { verdicts, type Verdict } from '../../domain/verdicts/verdict.ts';
import { splitAtCommas } from '../../inventory/entries/node-set.ts';
import { isSample } from '../../inventory/selection/sample-servers.ts';
import type { JsonOption } from '../terminal/terminal.ts';
import { groups } from './option-groups.ts';
import type { ConfigurationOptions } from './configuration-options.ts';

/** Some fields of the workflow input, as options. */
type InputOptions<Field extends keyof FleetInput> = { [Name in Field]?: FleetInput[Name] | undefined };

/** Options that select servers, the same on every verb that has them. */
export type SelectionOptions = InputOptions<'limit' | 'sample' | 'seed'>;

/** Options of `run`, `check` and `plan`. */
export type FleetOptions = ConfigurationOptions &
  JsonOption &
  SelectionOptions &
  InputOptions<'benchmarks' | 'maxParallel'>;

export const limitOption = new Option('--limit <servers...>', "ids, groups, '@group', 'web-*', '!web-3' (default: all)")
  .helpGroup(groups.servers)
  .argParser(commaSeparated);

export const sampleOption = new Option('--sample <n>', 'random sample of the selection: 5, or 10%')
  .helpGroup(groups.servers)
  .argParser(sample);

export const seedOption = new Option('--seed <n>', 'seed of an earlier --sample, to select the same servers')
  .helpGroup(groups.servers)
  .argParser(seed);

/** The part of the workflow input that these options set. */
export function fleetInput({ limit, sample, seed, benchmarks, maxParallel }: FleetOptions): FleetInput {
  return given({ limit, sample, seed, benchmarks, maxParallel });
}

/** Only the options that are set. */
export function given<T extends object>(options: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}

/** `--limit a,b --limit c` and `--limit a b c` are the same; a node set such as `a[1,3]` stays whole. */
export function commaSeparated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), ...splitAtCommas(value).filter((part) => part !== '')];
}

/** `fail,error`: verdicts of servers. */
export function verdictList(value: string, before: Verdict[] | undefined): Verdict[] {
  const names = commaSeparated(value, before);
  const wrong = names.find((name) => !(verdicts as readonly string[]).includes(name));
  if (wrong === undefined && names.length > 0) return names as Verdict[];
  throw new InvalidArgumentError(`It must be verdicts, separated by commas: ${verdicts.join(', ')}.`);
}

export function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a positive whole number.');
  return number;
}

/** `30%` to 0.3. */
export function maxTolerance(value: string): number {
  const percent = /^\d{2}%$/.test(value) ? Number(value.slice(0, -1)) : Number.NaN;
  if (!(percent >= 10 && percent <= 50)) throw new InvalidArgumentError('It must be a percentage from 10% to 50%.');
  return percent / 100;
}

function sample(value: string): number | string {
  const written = /^\d+$/.test(value) ? Number(value) : value;
  if (!isSample(written))
    throw new InvalidArgumentError(
      'It must be a number of servers such as 5, or a percentage up to 100 %, such as 10%.'
    );
  return written;
}

function seed(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= MAX_SEED)) throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_SEED}.`);
  return number;
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 24 * 3_600_000, w: 7 * 24 * 3_600_000 };

/** `12h`, `7d`, `4w` before now, or a date, to ISO 8601. */
export function sinceTime(value: string, _before?: unknown, now = Date.now()): string {
  const [, count, unit = ''] = /^(\d{1,6})([hdw])$/.exec(value) ?? [];
  const date = count === undefined ? dateOf(value) : new Date(now - Number(count) * UNIT_MS[unit]!);
  if (date !== null && !Number.isNaN(date.getTime())) return date.toISOString();
  throw new InvalidArgumentError('It must be a time such as 12h, 7d or 4w, or a date such as 2026-11-29.');
}

function dateOf(value: string): Date | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return new Date(`${value}T00:00`); // of this time zone
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) ? new Date(value) : null;
}
