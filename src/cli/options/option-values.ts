import { InvalidArgumentError } from '@commander-js/extra-typings';
import { splitAtCommas } from '../../inventory/entries/node-set.ts';

/** `--limit a,b --limit c` and `--limit a b c` are the same; a node set such as `a[1,3]` stays whole. */
export function commaSeparated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), ...splitAtCommas(value).filter((part) => part !== '')];
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
