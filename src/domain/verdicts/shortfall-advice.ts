import { advice, type FailureKind } from '../failures/failure.ts';
import { DEVICES, isCount } from '../measurements/measurement.ts';
import type { BenchmarkRow, ServerRow, Shortfall } from './server-row.ts';

/** Words in the name of a metric, or in its unit. */
const ERROR_WORDS =
  /\b(errors?|errs?|faults?|failures?|failed|mismatch(es)?|miscompares?|corrupt\w*|corrected|uncorrect\w*|wrong|bad|ecc|crc|xids?|mces?)\b/;
/** Page faults are normal events of virtual memory. */
const PAGE_FAULT_WORDS = /\b(page|minor|major) faults?\b/;
const NETWORK_LOSS_WORDS = /\b(loss|lost|dropped|drops?|retrans\w*|retries)\b/;
const NETWORK_WORDS = /\b(net|network|iperf3?|links?|nic|eth\d*|ib|rdma|nccl|tcp|udp|ping|rtt)\b/;
const DISK_WORDS = /\b(disks?|fio|iops|nvme|ssd|storage|fsync|io)\b/;
const MEMORY_WORDS = /\b(mem|memory|ram|dram|stream|triad)\b/;
const THROTTLING_WORDS = /\b(throttl\w*|slowdowns?)\b/;

/** Patterns of units. */
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

/** What to do about a shortfall, depending on what its metric measures. */
export function shortfallAdvice(shortfall: Shortfall): ShortfallAdvice {
  if (shortfall.unit === DEVICES) return { kind: 'DeviceMissing', advice: advice.DeviceMissing };
  if (isWrongResult(shortfall)) return { kind: 'WrongResult', advice: advice.WrongResult };
  const [, found = advice.PerformanceBelowExpected] = adviceByMetric.find(([applies]) => applies(shortfall)) ?? [];
  return { kind: 'PerformanceBelowExpected', advice: found };
}

/** Whether a metric counts something that a healthy server has none of, such as errors, and the maximum is exceeded. */
export function isWrongResult(shortfall: Metric & Pick<Shortfall, 'comparison' | 'expected'>): boolean {
  const { unit, comparison, expected } = shortfall;
  if (comparison !== '<=' || isQuantity(unit)) return false;
  const words = wordsOf(shortfall);
  if ([NETWORK_LOSS_WORDS, THROTTLING_WORDS, PAGE_FAULT_WORDS].some((pattern) => pattern.test(words))) return false;
  return ERROR_WORDS.test(words) || (expected === 0 && !RATE_UNIT.test(unit) && unit !== '%');
}

/** Whether a server computes wrong results, which is worse than being slow. */
export function hasWrongResult({ benchmarks }: Pick<ServerRow, 'benchmarks'>): boolean {
  return benchmarks.some(({ shortfalls }) => shortfalls.some(isWrongResult));
}

/** The servers with wrong results first, each group in its order. */
export function wrongResultsFirst<Row extends Pick<ServerRow, 'benchmarks'>>(rows: readonly Row[]): Row[] {
  return chosenFirst(rows, hasWrongResult);
}

/** Wrong results first, each group in its order. */
export function wrongFirst(shortfalls: readonly Shortfall[]): Shortfall[] {
  return chosenFirst(shortfalls, isWrongResult);
}

function chosenFirst<Item>(items: readonly Item[], isChosen: (item: Item) => boolean): Item[] {
  return [...items.filter(isChosen), ...items.filter((item) => !isChosen(item))];
}

/** Benchmarks in the order of what is wrong: wrong results, other failures, errors, and all others. */
export function worstBenchmarksFirst(benchmarks: readonly BenchmarkRow[]): BenchmarkRow[] {
  const rankOf = ({ verdict, error, shortfalls }: BenchmarkRow): number => {
    if (shortfalls.some(isWrongResult)) return 0;
    if (verdict === 'fail') return 1;
    return verdict === 'error' ? 2 : error === null ? 4 : 3;
  };
  return [...benchmarks].sort((a, b) => rankOf(a) - rankOf(b));
}

/** Whether no load can change the number: the hardware is at fault even on a busy machine. */
export function isIndependentOfLoad(
  shortfall: Parameters<typeof isWrongResult>[0] & Pick<Shortfall, 'exact'>
): boolean {
  return isCount(shortfall) || isWrongResult(shortfall);
}

/** Whether it is a unit of time, temperature, power or speed. `crc.time` in `s` counts no errors, `errors/s` does. */
function isQuantity(unit: string): boolean {
  if ([TIME_UNIT, TEMPERATURE_UNIT, POWER_UNIT].some((pattern) => pattern.test(unit))) return true;
  return SPEED_UNIT.test(unit) && !ERROR_WORDS.test(unit.toLowerCase());
}

/** `burn ecc errors events` for `burn.ecc_errors` in `events`. */
function wordsOf({ metric, unit }: Metric): string {
  return `${metric} ${unit}`.toLowerCase().replace(/[._-]+/g, ' ');
}

type Applies = (shortfall: Shortfall) => boolean;

const has = (...patterns: RegExp[]): Applies => {
  return (shortfall) => patterns.some((pattern) => pattern.test(wordsOf(shortfall)));
};
const isAbove = (unitPattern: RegExp): Applies => {
  return ({ unit, comparison }) => comparison === '<=' && unitPattern.test(unit);
};

const other = {
  count: 'Compare its raw output with that of a server that passes: less was counted than expected.',
  temperature: 'Check fans, filters, heat sinks and the temperature of the inlet air.',
  power: 'Check power limits, power supplies and the power settings of the firmware.',
  rate: 'It is above its maximum: check the hardware class and its expectation, and what the benchmark measured.',
  network: 'Check link speed, cables, switch ports and the error counters of the network card (ethtool -S).',
  disk: 'Check disk health (smartctl), free space, RAID rebuilds and other disk I/O.',
  memory: 'Check how many memory channels are populated, memory speed, NUMA settings and corrected errors.',
  time: 'Check other load, power saving (governor, C-states) and what the benchmark waits for.',
  maximum: 'It is above its maximum: compare with servers of the same class, and check what the metric counts.',
};

/** The first match wins. Network and disks come before time and rates, because their metrics match those, too. */
const adviceByMetric: readonly [applies: Applies, advice: string][] = [
  [({ exact, comparison }) => exact === true && comparison === '>=', other.count],
  [({ unit }) => TEMPERATURE_UNIT.test(unit), other.temperature],
  [has(/\b(temp|temperature|celsius)\b/), other.temperature],
  [has(THROTTLING_WORDS), advice.PerformanceBelowExpected],
  [({ unit }) => POWER_UNIT.test(unit), other.power],
  [isAbove(RATE_UNIT), other.rate],
  [has(NETWORK_LOSS_WORDS, NETWORK_WORDS), other.network],
  [has(DISK_WORDS), other.disk],
  [(shortfall) => !shortfall.metric.startsWith('gpu.') && has(MEMORY_WORDS)(shortfall), other.memory],
  [isAbove(TIME_UNIT), other.time],
  [isAbove(/^/), other.maximum],
];
