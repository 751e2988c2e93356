import { advice } from '../failures/failure.ts';
import type { FailureKind } from '../failures/failure.ts';
import { isCount } from '../measurements/measurement.ts';
import type { Shortfall } from './server-row.ts';

/** Words in the name of a metric, or in its unit. */
const ERROR_WORDS =
  /\b(errors?|errs?|faults?|failures?|failed|mismatch(es)?|miscompares?|corrupt\w*|corrected|uncorrect\w*|wrong|bad|ecc|crc|xids?|mces?)\b/;
/** An ordinary event of virtual memory. */
const PAGE_FAULT_WORDS = /\b(page|minor|major) faults?\b/;
const NETWORK_LOSS_WORDS = /\b(loss|lost|dropped|drops?|retrans\w*|retries)\b/;
const NETWORK_WORDS = /\b(net|network|iperf3?|links?|nic|eth\d*|ib|rdma|nccl|tcp|udp|ping|rtt)\b/;
const DISK_WORDS = /\b(disks?|fio|iops|nvme|ssd|storage|fsync|io)\b/;
const MEMORY_WORDS = /\b(mem|memory|ram|dram|stream|triad)\b/;
const THROTTLING_WORDS = /\b(throttl\w*|slowdowns?)\b/;

/** Units. */
const RATE_UNIT = /(\/s|ps|flops|iops|hz)$/i;
const SPEED_UNIT = /([a-z]\/s|[kmgtbf]ps|flops|iops|hz)$/i;
const TIME_UNIT = /^(([mnuµμ]?s)|sec|secs|seconds?|m(illi)?secs?|min|minutes?|h|hours?)$/;
const TEMPERATURE_UNIT = /^(°\s*[cf]?|c|celsius|deg(rees?)?\s*c?|kelvin)$/i;
const POWER_UNIT = /^[mk]?(w|watts?)$/i;

type Metric = Pick<Shortfall, 'metric' | 'unit'>;

export interface ShortfallAdvice {
  kind: Extract<FailureKind, 'WrongResult' | 'DeviceMissing' | 'PerformanceBelowExpected'>;
  advice: string;
}

/** What to do about a number that misses what was expected of it, by what its metric measures. */
export function shortfallAdvice(shortfall: Shortfall): ShortfallAdvice {
  if (isCount(shortfall)) return { kind: 'DeviceMissing', advice: advice.DeviceMissing };
  if (isWrongResult(shortfall)) return { kind: 'WrongResult', advice: advice.WrongResult };
  const found = kinds.find(({ applies }) => applies(shortfall));
  return { kind: 'PerformanceBelowExpected', advice: found?.advice ?? advice.PerformanceBelowExpected };
}

/** Too many of what a healthy server has none of: errors, whatever else must not happen once. */
export function isWrongResult(shortfall: Metric & Pick<Shortfall, 'comparison' | 'expected'>): boolean {
  const { unit, comparison, expected } = shortfall;
  if (comparison !== '<=') return false;
  const words = wordsOf(shortfall);
  if ([NETWORK_LOSS_WORDS, THROTTLING_WORDS, PAGE_FAULT_WORDS].some((pattern) => pattern.test(words))) return false;
  if (isQuantity(unit)) return false;
  return ERROR_WORDS.test(words) || (expected === 0 && !RATE_UNIT.test(unit) && unit !== '%');
}

/** A number that no load on the machine changes: for it the hardware is to blame, whatever else went on. */
export function isIndependentOfLoad(shortfall: Parameters<typeof isWrongResult>[0]): boolean {
  return isCount(shortfall) || isWrongResult(shortfall);
}

/** Of time, heat, power or speed: `crc.time` in `s` is no number of errors, `burn.errors` in `errors/s` is. */
function isQuantity(unit: string): boolean {
  if ([TIME_UNIT, TEMPERATURE_UNIT, POWER_UNIT].some((pattern) => pattern.test(unit))) return true;
  return SPEED_UNIT.test(unit) && !ERROR_WORDS.test(unit.toLowerCase());
}

/** `burn.ecc_errors` in `events` as `burn ecc errors events`. */
function wordsOf({ metric, unit }: Metric): string {
  return `${metric} ${unit}`.toLowerCase().replace(/[._-]+/g, ' ');
}

function has(pattern: RegExp): (shortfall: Shortfall) => boolean {
  return (shortfall) => pattern.test(wordsOf(shortfall));
}

/** The first one that applies counts. Network and disks before time and rates, which theirs are, too. */
const kinds: readonly { applies: (shortfall: Shortfall) => boolean; advice: string }[] = [
  {
    applies: (shortfall) => TEMPERATURE_UNIT.test(shortfall.unit) || has(/\b(temp|temperature|celsius)\b/)(shortfall),
    advice: 'Look at fans, filters, heat sinks and the temperature of the air that goes in.',
  },
  { applies: has(THROTTLING_WORDS), advice: advice.PerformanceBelowExpected },
  {
    applies: ({ unit }) => POWER_UNIT.test(unit),
    advice: 'Look at power limits, power supplies and the power settings of the firmware.',
  },
  {
    applies: ({ unit, comparison }) => comparison === '<=' && RATE_UNIT.test(unit),
    advice:
      'It is more than expected: check its class and what is expected of that, and that it measured the right thing.',
  },
  {
    applies: (shortfall) => has(NETWORK_LOSS_WORDS)(shortfall) || has(NETWORK_WORDS)(shortfall),
    advice:
      'Look at the speed of the link, cables, switch ports and the error counters of the network card (ethtool -S).',
  },
  {
    applies: has(DISK_WORDS),
    advice:
      'Look at the health of the disks (smartctl), how full they are, a RAID that rebuilds, and other input and output.',
  },
  {
    applies: (shortfall) => !shortfall.metric.startsWith('gpu.') && has(MEMORY_WORDS)(shortfall),
    advice:
      'Look at how many memory channels are filled, at the speed of the memory, NUMA settings and corrected errors.',
  },
  {
    applies: ({ unit, comparison }) => comparison === '<=' && TIME_UNIT.test(unit),
    advice: 'Look at other load, power saving (governor, C-states), and what the time is spent waiting for.',
  },
  {
    applies: ({ comparison }) => comparison === '<=',
    advice: 'It is more than it may be: compare with its siblings, and look at what the metric counts.',
  },
];
