import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { isServerId, SERVER_ID_RULE } from '../../domain/servers/server.ts';
import { parseDuration } from '../../source/duration.ts';
import { didYouMean } from '../../source/nearest-word.ts';

const [MINUTE_MS, DAY_MS] = [60_000, 24 * 60 * 60 * 1000];

/** Temporal raises a shorter catch-up window to this. */
const MIN_CATCH_UP_MS = 10_000;
const MAX_CATCH_UP_MS = 365 * DAY_MS;

const GROUP = 'When it fires:';

const FIVE_FIELDS =
  "five fields: minute, hour, day of the month, month, day of the week, for example '0 2 * * *', every night at two";
const SHORTHANDS = ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'];

export const cronOption = new Option('--cron <times>', "when: '0 2 * * *', @daily or '@every 6h'")
  .argParser(cron)
  .makeOptionMandatory()
  .helpGroup(GROUP);

export const timezoneOption = new Option('--timezone <zone>', 'time zone of --cron, for example Europe/Oslo')
  .default('UTC')
  .argParser(timezone)
  .helpGroup(GROUP);

export const jitterOption = new Option('--jitter <duration>', 'delay each run randomly by up to this: 10m')
  .default(0, 'none')
  .argParser((text) => durationWithin(text, 1000, DAY_MS, 'from 1s to 24h, such as 10m'))
  .helpGroup(GROUP);

export const catchUpOption = new Option('--catch-up <duration>', 'start a run up to this late if Temporal was away')
  .default(10 * MINUTE_MS, '10m')
  .argParser((text) => durationWithin(text, MIN_CATCH_UP_MS, MAX_CATCH_UP_MS, 'from 10s to 8760h, such as 1h'))
  .helpGroup(GROUP);

/** The name of a new schedule. */
export function newScheduleName(name: string): string {
  if (!isServerId(name)) throw new InvalidArgumentError(`It must be ${SERVER_ID_RULE}.`);
  if (/^last(-\d+)?$/.test(name)) throw new InvalidArgumentError('It would read like a run: choose another name.');
  return name;
}

/** Temporal accepts more: a sixth field is a year, of seven the first is the second, and "#" begins a comment. */
function cron(written: string): string {
  const text = written.trim().replace(/\s+/g, ' ');
  if (/^(CRON_)?TZ=/.test(text)) throw new InvalidArgumentError('Give the time zone with --timezone.');
  if (text.startsWith('@every ')) return every(text);
  if (text.startsWith('@')) return shorthand(text);
  const fields = text.split(' ').filter((field) => field !== '');
  if (fields.length !== 5 || text.includes('#')) throw new InvalidArgumentError(`It must have ${FIVE_FIELDS}.`);
  const [, , day, , weekday] = fields as [string, string, string, string, string];
  if (isRestricted(day) && isRestricted(weekday))
    throw new InvalidArgumentError(
      'Cron means days that match the day of the month or the day of the week, Temporal days that match both: restrict one of them.'
    );
  return text;
}

function isRestricted(field: string): boolean {
  return !/^[*?]/.test(field);
}

function every(text: string): string {
  const [interval = '', phase = '0s'] = text.slice('@every '.length).split('/');
  const intervalMs = everyMs(interval);
  if (intervalMs === null || everyMs(phase) === null || intervalMs < MINUTE_MS)
    throw new InvalidArgumentError("After @every, it must be a duration of at least 1m, such as '@every 6h'.");
  return text;
}

/** Temporal reads days here, too. */
function everyMs(text: string): number | null {
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  return days === undefined ? parseDuration(text) : Number(days) * DAY_MS;
}

function shorthand(text: string): string {
  if (SHORTHANDS.includes(text)) return text;
  const hint = didYouMean(text, SHORTHANDS) || `; use ${SHORTHANDS.slice(0, 4).join(', ')} or '@every 6h'`;
  throw new InvalidArgumentError(`It is not a shorthand of cron${hint}`);
}

/** Temporal wants the exact name. */
function timezone(written: string): string {
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const exact = known.find((name) => name.toLowerCase() === written.toLowerCase());
  if (exact !== undefined) return exact;
  try {
    // Other names of a zone, such as Asia/Kolkata. Offsets (+02:00) are unknown to Temporal.
    if (/^[a-z]/i.test(written) && new Intl.DateTimeFormat('en', { timeZone: written })) return written;
  } catch {
    // not a time zone
  }
  throw new InvalidArgumentError(
    `It must be a name of the IANA time zone database such as Europe/Oslo${didYouMean(written, known) || '.'}`
  );
}

function durationWithin(text: string, min: number, max: number, rule: string): number {
  const duration = parseDuration(text);
  if (duration === null || duration < min || duration > max)
    throw new InvalidArgumentError(`It must be a duration ${rule}.`);
  return duration;
}
