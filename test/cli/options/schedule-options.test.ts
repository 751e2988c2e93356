import { describe, expect, test } from 'vitest';
import type { Option } from '@commander-js/extra-typings';
import {
  catchUpOption,
  cronOption,
  jitterOption,
  newScheduleName,
  timezoneOption,
} from '../../../src/cli/options/schedule-options.ts';

function parse(option: Pick<Option, 'parseArg'>, text: string): unknown {
  return option.parseArg!(text, undefined);
}

describe('--cron', () => {
  test.each([
    ['0 2 * * *', '0 2 * * *'],
    ['  0   2 * * MON-FRI ', '0 2 * * MON-FRI'],
    ['0\n2\t* * 7', '0 2 * * 7'],
    ['*/15 0-6,22 1 JAN *', '*/15 0-6,22 1 JAN *'],
    ['0 2 */2 * 1', '0 2 */2 * 1'],
    ['@daily', '@daily'],
    ['@every 90m', '@every 90m'],
    ['@every 1d/2h', '@every 1d/2h'],
  ])('accepts %j', (written, text) => expect(parse(cronOption, written)).toBe(text));

  test.each([
    ['', /five fields/],
    ['x', /five fields/],
    ['0 2 * *', /five fields/],
    // To Temporal this is the second day of each month, at midnight.
    ['0 0 2 * * *', /five fields/],
    ['0 2 * * * 2027', /five fields/],
    ['0 2 * * #1', /five fields/],
    ['TZ=Europe/Oslo 0 2 * * *', /--timezone/],
    ['CRON_TZ=Europe/Oslo 0 2 * * *', /--timezone/],
    // Cron means the first and all Mondays, Temporal the first if it is a Monday.
    ['0 2 1 * 1', /restrict one of them/],
    ['@reboot', /not a shorthand/],
    ['@dayly', /did you mean "@daily"/],
    ['@every', /not a shorthand/],
    ['@every 6', /at least 1m/],
    ['@every 1s', /at least 1m/],
    ['@every 6h/x', /at least 1m/],
  ])('refuses %j', (written, words) => expect(() => parse(cronOption, written)).toThrow(words));
});

describe('--timezone', () => {
  test.each([
    ['Europe/Oslo', 'Europe/Oslo'],
    ['europe/oslo', 'Europe/Oslo'],
    ['utc', 'UTC'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
  ])('accepts %s', (written, name) => expect(parse(timezoneOption, written)).toBe(name));

  test.each([
    ['Europe/Olso', /did you mean "Europe\/Oslo"/],
    ['+05:30', /IANA/],
    ['', /IANA/],
    ['Local', /IANA/],
  ])('refuses %j', (written, words) => expect(() => parse(timezoneOption, written)).toThrow(words));
});

test('durations need a unit and must be within their limits', () => {
  expect(parse(jitterOption, '10m')).toBe(600_000);
  expect(parse(catchUpOption, '1h30m')).toBe(5_400_000);
  for (const text of ['10', '-1m', '0s', '25h', 'soon', '']) expect(() => parse(jitterOption, text)).toThrow('24h');
  for (const text of ['1h 30m', '9s', '8761h', '1d']) expect(() => parse(catchUpOption, text)).toThrow('10s');
});

test('a name is like the id of a server, and not one that names a run', () => {
  for (const name of ['nightly', 'gpu_2.weekly', 'jede-Nacht', '夜']) expect(newScheduleName(name)).toBe(name);
  for (const name of ['', '-x', 'a b', 'a/b', '../x', 'a\nb', 'x'.repeat(101)]) {
    expect(() => newScheduleName(name)).toThrow('letters, digits');
  }
  for (const name of ['last', 'last-1']) expect(() => newScheduleName(name)).toThrow('read like a run');
  expect(newScheduleName('last-night')).toBe('last-night');
});
