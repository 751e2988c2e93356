/** A part of a text. */
export interface Span {
  text: string;
  start: number;
  end: number;
}

/** A match of a regular expression. A group that took no part in it is null. */
export interface Match {
  whole: Span;
  groups: readonly (Span | null)[];
  named: Readonly<Partial<Record<string, Span | null>>>;
}

/**
 * The matches of a regular expression (flags `g` and `m`) in a text: all, the last one alone, or the first thousand. A
 * parameter, because some expressions take forever on some texts: the caller applies a timeout.
 * @throws Failure UnreadableOutput after its time, or if all are too many
 */
export type MatchPattern = (pattern: string, text: string, which: 'all' | 'last' | 'some') => Match[];
