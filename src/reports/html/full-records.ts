import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { withoutControlSequences } from '../../domain/values/untrusted.ts';
import type { RowMeasurement, ServerRow } from '../../domain/verdicts/server-row.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import type { RawOutput, ReportExtras, ReportSamples } from './extras.ts';

/** Characters of one output, and of all outputs as HTML. */
export const MAX_OUTPUT = 20_000;
export const MAX_ALL_OUTPUTS = 1_000_000;

/** `3,912, 3,900, 3,950`; null: unknown. */
export type SamplesOf = (row: ServerRow, measurement: RowMeasurement) => string | null;

/** The samples and raw outputs of servers, where they are known. */
export interface FullRecords {
  samplesOf: SamplesOf;
  /** Each output behind its own fold. */
  outputsOf: (row: ServerRow) => readonly Markup[];
}

/**
 * @param serverIds - the outputs of the first ones are kept if a page cannot take all
 * @param maxLength - of all outputs together
 */
export function fullRecords(
  { outputs = [], ...extras }: ReportExtras,
  serverIds: readonly string[],
  maxLength: number
): FullRecords {
  const ofServers = grouped(outputs, ({ serverId }) => serverId);
  let left = Math.min(maxLength, MAX_ALL_OUTPUTS);
  const folds = new Map<string, Markup[]>();
  for (const serverId of serverIds) {
    const made = (ofServers.get(serverId) ?? []).map((output) => {
      const text = output.text === null ? null : outputText(output.text);
      left -= text?.toString().length ?? 0;
      return foldOf(output, text !== null && left >= 0 ? text : LEFT_OUT);
    });
    folds.set(serverId, made);
  }
  return {
    samplesOf: findSamples(extras),
    outputsOf: ({ serverId }) => folds.get(serverId) ?? [],
  };
}

export function findSamples({ samples = [] }: Pick<ReportExtras, 'samples'>): SamplesOf {
  const known = new Map(samples.map((each) => [keyOf(each), each.samples]));
  return ({ serverId }, { metric, device }) => {
    const own = known.get(keyOf({ serverId, metric, device }));
    return own?.map((sample) => formatNumber(sample)).join(', ') ?? null;
  };
}

const LEFT_OUT = markup`Left out: the page would be too large.`;

function keyOf({ serverId, metric, device }: Omit<ReportSamples, 'samples'>): string {
  return JSON.stringify([serverId, metric, device]);
}

function outputText(text: string): Markup {
  const left = text.length - MAX_OUTPUT;
  const more = left > 0 && `\n… and ${formatNumber(left)} more characters`;
  return markup`${withoutControlSequences(text.slice(0, MAX_OUTPUT)).replace(/\r\n?/g, '\n')}${more}`;
}

function foldOf({ benchmark, title }: RawOutput, text: Markup): Markup {
  const name = reportText(`${benchmark}: ${title}`, 120);
  return markup`<details><summary>Raw output of ${name}</summary><pre tabindex="0">${text}</pre></details>`;
}
