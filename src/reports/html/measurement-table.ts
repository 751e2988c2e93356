import { formatNumber } from '../../domain/values/numbers.ts';
import { addressOf } from '../../domain/verdicts/missing-devices.ts';
import type { BenchmarkRow, RowMeasurement, ServerRow } from '../../domain/verdicts/server-row.ts';
import { deviceText } from '../../domain/verdicts/shortfalls.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import type { FullRecords } from './full-records.ts';
import { limitText, unitText } from './metric-groups.ts';

/** All measurements of a server, with all samples if they are known. */
export function measurementTable(row: ServerRow, records: FullRecords): Markup | null {
  const lines = row.benchmarks.flatMap((benchmark) =>
    benchmark.measurements.map((each) => measurementRow(row, benchmark, each, records))
  );
  if (lines.length === 0) return null;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="measurements of ${reportText(row.serverId, 100)}"><table><thead><tr><th scope="col">metric</th><th scope="col">device</th><th scope="col" class="number">value</th><th scope="col">unit</th><th scope="col">limit</th><th scope="col">samples</th></tr></thead><tbody>${lines}</tbody></table></div>`;
}

function measurementRow(row: ServerRow, benchmark: BenchmarkRow, each: RowMeasurement, records: FullRecords): Markup {
  const { metric, device, value, unit, samples, spread } = each;
  const limits = benchmark.limits?.filter((limit) => limit.metric === metric) ?? [];
  const isShort = benchmark.shortfalls.some((short) => short.metric === metric && short.device === device);
  const where = device === null ? '' : deviceText(device, addressOf(benchmark.devices ?? [], device));
  const list =
    records.samplesOf(row, each) ?? `${samples}${samples > 1 ? `, ${formatNumber(spread * 100)} % apart` : ''}`;
  return markup`<tr${isShort && markup` class="short"`}><th scope="row">${reportText(metric, 100)}</th><td>${reportText(where, 120)}</td><td class="number">${formatNumber(value)}</td><td>${unitText(unit)}</td><td>${limits.map(limitText).join(', ')}</td><td>${list}</td></tr>`;
}
