import type { CommandMetric } from '../domain/plans/command-output.ts';
import type { FoundValue } from './found-value.ts';
import type { OutputReader } from './output-reader.ts';
import { pathValues } from './path-values.ts';
import { patternValues } from './pattern-values.ts';
import { tableValues } from './table-values.ts';

/** The values of a metric in a text, in order. @throws Failure UnreadableOutput */
export function metricValues(metric: CommandMetric, text: string, reader: OutputReader): FoundValue[] {
  const { source } = metric;
  if (source.kind === 'pattern') return patternValues(source, metric, text, reader);
  return reader.limit(text.length, () => {
    return source.kind === 'table'
      ? tableValues(source, text, reader.match)
      : pathValues(source, text, reader.document);
  });
}
