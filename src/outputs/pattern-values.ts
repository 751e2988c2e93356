import { Failure } from '../domain/failures/failure.ts';
import type { PatternSource, Take } from '../domain/plans/command-output.ts';
import { lineOf, whyPartOfNumber, type FoundValue } from './found-value.ts';
import type { Match, MatchPattern, Span } from './match-pattern.ts';
import { shown } from './shown.ts';

/**
 * The values that a pattern finds in a text, in order. Of a pattern with a list, `take` chooses the match, and the parts of
 * its list are the values.
 * @throws Failure UnreadableOutput if `each` does not match exactly once in a part of a list
 */
export function patternValues(source: PatternSource, take: Take, text: string, match: MatchPattern): FoundValue[] {
  const { pattern, list } = source;
  // With a group `device`, each device has a last value.
  const isLastEnough = take === 'last' && !pattern.includes('(?<device>');
  const matches = match(pattern, text, isLastEnough ? 'last' : 'all');
  if (list === null) return matches.map((each) => valueOf(each, text));
  const chosen = take === 'first' ? matches.slice(0, 1) : matches;
  if (chosen.length > 1)
    throw new Failure('UnreadableOutput', `its list is found ${chosen.length} times; choose one with "take"`);
  return chosen.flatMap(({ whole, groups, named }) => {
    const written = named['list'] ?? groups[0] ?? whole;
    const parts = written.text.split(list.split);
    return parts.map((part, index) => ({
      ...partValue(part, list.each, match),
      where: `in part ${index + 1} of its list`,
    }));
  });
}

function partValue(part: string, each: string, match: MatchPattern): FoundValue {
  const line = `${part}\n`; // it ends where the list goes on, not where the output ends
  const [found, second] = match(each, line, 'all');
  if (found !== undefined && second === undefined) return valueOf(found, line);
  const times = found === undefined ? 'nothing' : 'more than once';
  throw new Failure('UnreadableOutput', `"each" (${each}) matches ${times} in ${shown(part)}, a part of its list`);
}

/** The group `value`, without one the first group, without any the whole match. */
function valueOf({ whole, groups, named }: Match, text: string): FoundValue {
  const span: Span | null = 'value' in named ? (named['value'] ?? null) : groups.length > 0 ? groups[0]! : whole;
  return {
    text: span?.text ?? '',
    where: lineOf(text, (span ?? whole).start),
    unit: named['unit']?.text ?? null,
    device: named['device']?.text ?? null,
    doubt: span === null ? null : whyPartOfNumber(text, span),
  };
}
