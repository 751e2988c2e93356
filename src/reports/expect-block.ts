import type { FleetReport } from '../domain/fleet-report.ts';
import { formatNumber } from '../domain/numbers.ts';
import type { RowMeasurement, ServerRow } from '../domain/server-row.ts';
import { median } from '../domain/statistics.ts';
import { printable } from '../domain/untrusted.ts';
import { plural } from './counts.ts';

/** What one server showed of one metric: its lowest device, and how far its samples were apart. */
interface Showing {
  serverId: string;
  value: number;
  spread: number;
}

/**
 * The `expect:` block that would hold servers to what they just showed, as YAML; null if everything measured was
 * expected already. The reference is the median over the servers of a class, the tolerance at least 10 %, more where
 * the servers (by 3 robust standard deviations) or their samples differ more. A server far off its siblings does not
 * move it: a comment names it instead.
 */
export function expectBlock(report: FleetReport): string | null {
  const classes = new Map<string, ServerRow[]>();
  for (const row of report.servers) {
    const name = row.hardwareClass ?? 'default';
    classes.set(name, [...(classes.get(name) ?? []), row]);
  }
  const blocks = [...classes].flatMap(([name, servers]) => {
    const lines = [...showings(servers)].flatMap(([metric, { unit, of }]) => metricLines(metric, unit, of));
    return lines.length > 0 ? [`  ${yamlKey(name)}:`, ...lines] : [];
  });
  return blocks.length > 0 ? `expect:\n${blocks.join('\n')}\n` : null;
}

/** By metric, of the benchmarks of which nothing was expected. */
function showings(servers: readonly ServerRow[]): Map<string, { unit: string; of: Showing[] }> {
  const found = new Map<string, { unit: string; of: Showing[] }>();
  for (const { serverId, benchmarks } of servers) {
    const measured = benchmarks.filter(({ verdict }) => verdict === 'measured');
    for (const [metric, lowest] of lowestDevices(measured.flatMap(({ measurements }) => measurements))) {
      const entry = found.get(metric) ?? { unit: lowest.unit, of: [] };
      entry.of.push({ serverId, value: lowest.value, spread: lowest.spread });
      found.set(metric, entry);
    }
  }
  return found;
}

function lowestDevices(measurements: readonly RowMeasurement[]): Map<string, RowMeasurement> {
  const lowest = new Map<string, RowMeasurement>();
  for (const measurement of measurements) {
    const { metric, value } = measurement;
    if (Number.isFinite(value) && value > 0 && value < (lowest.get(metric)?.value ?? Infinity))
      lowest.set(metric, measurement);
  }
  return lowest;
}

function metricLines(metric: string, unit: string, of: readonly Showing[]): string[] {
  const middle = median(of.map(({ value }) => value));
  const told = `${printable(unit, 40)}, ${plural(of.length, 'server')}`;
  if (metric === 'gpu.devices') {
    // One device of sixteen is within 10 %, and missing all the same.
    const min = Math.floor(middle);
    const fewer = of.filter(({ value }) => value < min);
    return [`    ${yamlKey(metric)}: { min: ${min} } # ${told}`, ...fewer.map(outlierLine)];
  }
  const reference = Number(middle.toPrecision(3));
  const percent = tolerancePercent(of, reference);
  const line = `    ${yamlKey(metric)}: { reference: ${reference}, tolerance: ${percent}% } # ${told}`;
  const outliers = of.filter(({ value }) => Math.abs(value - reference) > (reference * percent) / 100);
  return [line, ...outliers.map(outlierLine)];
}

function outlierLine({ serverId, value }: Showing): string {
  return `    # ${printable(serverId, 100)} is out of this range: ${formatNumber(value)}`;
}

/** At least 10, at most 50: beyond that a metric says nothing of a server. */
function tolerancePercent(of: readonly Showing[], reference: number): number {
  const deviations = of.map(({ value }) => Math.abs(value - reference));
  // 1.4826 makes the median absolute deviation of a normal distribution its standard deviation.
  const acrossServers = (3 * 1.4826 * median(deviations)) / reference;
  const withinServer = median(of.map(({ spread }) => (Number.isFinite(spread) ? spread : 0)));
  return Math.min(50, Math.max(10, Math.ceil(100 * Math.max(acrossServers, withinServer))));
}

/** A key that YAML reads as this text whatever it is. */
function yamlKey(text: string): string {
  return /^[A-Za-z][\w-]*([.][\w-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(printable(text, 100));
}
