import { formatNumber } from '../../domain/values/numbers.ts';
import { withoutControlSequences } from '../../domain/values/untrusted.ts';
import type { RowMeasurement, ServerRow } from '../../domain/verdicts/server-row.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import type { RawOutput, ReportExtras } from './extras.ts';

const MAX_OUTPUT = 20_000;
const MAX_ALL_OUTPUTS = 1_000_000;

/** `3,912, 3,900, 3,950`; null: unknown. */
export function sampleList(
  { serverId }: ServerRow,
  { metric, device }: RowMeasurement,
  { samples = [] }: ReportExtras
): string | null {
  const found = samples.find((each) => each.serverId === serverId && each.metric === metric && each.device === device);
  return found ? found.samples.map((sample) => formatNumber(sample)).join(', ') : null;
}

/** The raw outputs of a server, each behind its own fold. */
export function outputFolds({ serverId }: ServerRow, { outputs = [] }: ReportExtras): Markup[] {
  return outputs
    .filter((each) => each.serverId === serverId)
    .map(({ benchmark, title, text }) => {
      const name = reportText(`${benchmark}: ${title}`, 120);
      const left = text.length - MAX_OUTPUT;
      const more = left > 0 && `\n… and ${formatNumber(left)} more characters`;
      const shown = withoutControlSequences(text.slice(0, MAX_OUTPUT)).replace(/\r\n?/g, '\n');
      return markup`<details><summary>Raw output of ${name}</summary><pre tabindex="0">${shown}${more}</pre></details>`;
    });
}

/** As many outputs as a page can take, those of the servers that come first here; the texts of all others are left out. */
export function boundedOutputs(outputs: readonly RawOutput[], serverIds: readonly string[]): RawOutput[] {
  const rank = new Map(serverIds.map((serverId, index) => [serverId, index]));
  const rankOf = ({ serverId }: RawOutput): number => rank.get(serverId) ?? Infinity;
  let left = MAX_ALL_OUTPUTS;
  return [...outputs]
    .sort((a, b) => rankOf(a) - rankOf(b))
    .map((each) => {
      left -= Math.min(each.text.length, MAX_OUTPUT);
      return left >= 0 ? each : { ...each, text: 'Left out: the page would be too large.' };
    });
}
