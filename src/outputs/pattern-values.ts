import { Failure } from '../domain/failures/failure.ts';
import type { CommandMetric, PatternSource } from '../domain/plans/command-output.ts';
import { lineNumberText, whyPartOfNumber, type FoundValue } from './found-value.ts';
import type { Match, Span } from './match-pattern.ts';
import type { OutputReader } from './output-reader.ts';
import { shown } from './shown.ts';

const MAX_PARTS = 1_024;

/**
 * The values that a pattern finds in a text, in order. Of a pattern with a list, `take` chooses the match, and the parts of
 * its list are the values.
 * @throws Failure UnreadableOutput if `each` does not match exactly once in a part of a list
 */
export function patternValues(
  source: PatternSource,
  { take, unit }: Pick<CommandMetric, 'take' | 'unit'>,
  text: string,
  reader: OutputReader
): FoundValue[] {
  const { pattern, list } = source;
  // With a group `device`, each device has a last value.
  const isLastEnough = take === 'last' && !pattern.includes('(?<device>');
  const matches = reader.match(pattern, text, isLastEnough ? 'last' : 'all');
  if (list === null) return matches.map((each) => valueOf(each, text, unit));
  const [chosen, ...others] = take === 'first' ? matches.slice(0, 1) : matches;
  if (chosen === undefined) return [];
  if (others.length > 0) {
    throw new Failure(
      'UnreadableOutput',
      `its list is found ${matches.length} times; choose one with "take: first" or "last"`
    );
  }
  const written = chosen.named['list'] ?? chosen.groups[0] ?? chosen.whole;
  return reader.limit(text.length, () => partValues(written, { ...list, unit, whole: chosen.whole }, text, reader));
}

function partValues(
  written: Span,
  { split, each, unit, whole }: { split: string; each: string; unit: string; whole: Span },
  text: string,
  reader: OutputReader
): FoundValue[] {
  const parts = written.text.split(split, MAX_PARTS + 1);
  if (parts.length > MAX_PARTS) throw new Failure('UnreadableOutput', `its list has more than ${MAX_PARTS} parts`);
  // A list that ends too early, or within a number, may end within its last value.
  const doubt = whyPartOfNumber(text, written, whole);
  return parts.map((part, index) => {
    const value = partValue(part, { each, unit }, reader);
    const isAtEdge = index === 0 || index === parts.length - 1;
    return {
      ...value,
      where: () => `in part ${index + 1} of its list`,
      doubt: value.doubt ?? (isAtEdge ? doubt : null),
    };
  });
}

function partValue(part: string, { each, unit }: { each: string; unit: string }, { match }: OutputReader): FoundValue {
  const line = `${part}\n`; // it ends where the list goes on, not where the output ends
  const [found, second] = match(each, line, 'all');
  if (found !== undefined && second === undefined) return valueOf(found, line, unit);
  const times = found === undefined ? 'nothing' : 'more than once';
  throw new Failure('UnreadableOutput', `"each" (${each}) matches ${times} in ${shown(part)}, a part of its list`);
}

/** The group `value`, without one the first group, without any the whole match. */
function valueOf({ whole, groups, named }: Match, text: string, metricUnit: string): FoundValue {
  const span: Span | null = 'value' in named ? (named['value'] ?? null) : groups.length > 0 ? groups[0]! : whole;
  const unit = named['unit']?.text ?? null;
  const lacksUnit = 'unit' in named && (unit ?? '') === '' ? 'its unit is not there' : null;
  return {
    text: span?.text ?? '',
    where: () => lineNumberText(text, (span ?? whole).start),
    unit,
    device: named['device']?.text ?? null,
    doubt: lacksUnit ?? (span === null ? null : whyPartOfNumber(text, span, whole, unit === null ? metricUnit : '')),
  };
}
