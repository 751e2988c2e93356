import * as z from 'zod';
import { didYouMean } from './nearest-word.ts';
import { quoted, type Problem } from './problem.ts';

type Checked<Schema extends z.ZodType> =
  { value: z.output<Schema>; problems: [] } | { value: null; problems: Problem[] };

/**
 * Checks a value against a schema.
 * @param removed keys that earlier versions accepted, each with what to do instead
 */
export function checkSchema<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  removed: ReadonlyMap<string, string> = new Map()
): Checked<Schema> {
  const knownKeys = new Map<unknown, string[]>();
  const error = (issue: z.core.$ZodRawIssue): string | undefined => {
    const isUnknownKey = issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject;
    if (isUnknownKey) knownKeys.set(issue.keys, Object.keys(issue.inst.shape));
    return messageOf(issue);
  };
  const result = schema.safeParse(value, { error });
  if (result.success) return { value: result.data, problems: [] };
  const problemsOf = (issue: z.core.$ZodIssue, within: readonly (string | number)[] = []): Problem[] => {
    const path = [...within, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    const map = issue.code === 'invalid_union' && issue.message === INVALID_MAP ? issue.errors.at(-1) : undefined;
    if (map !== undefined) return map.flatMap((each) => problemsOf(each, path));
    if (issue.code === 'invalid_key')
      return [{ path, message: issue.issues[0]?.message ?? issue.message, atKey: true }];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    const known = knownKeys.get(issue.keys) ?? [];
    return issue.keys.map((key) => {
      const hint = removed.get(key);
      const message = `unknown key${hint === undefined ? didYouMean(key, known) : `; ${hint}`}`;
      return { path: [...path, key], message, atKey: true };
    });
  };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue));
  return { value: null, problems };
}

function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = KINDS[issue.expected] ?? issue.expected;
      if (issue.input === undefined) return 'is missing';
      if (issue.input === null) return `is empty; it must be ${expected}`;
      const advice = issue.expected === 'string' && typeof issue.input === 'number' ? '; quote it' : '';
      return `must be ${expected}, not ${describe(issue.input)}${advice}`;
    }
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty';
      return `must be at least ${issue.minimum}, not ${quoted(issue.input)}`;
    case 'too_big':
      if (issue.origin === 'string') return `must have at most ${issue.maximum} characters`;
      if (issue.origin === 'array') return `must have at most ${issue.maximum} entries`;
      return `must be at most ${issue.maximum}, not ${quoted(issue.input)}`;
    case 'invalid_value': {
      const words = issue.values.map(String);
      return `must be ${words.join(' or ')}${typeof issue.input === 'string' ? didYouMean(issue.input, words) : ''}`;
    }
    case 'invalid_union':
      return INVALID_MAP;
    default:
      return undefined;
  }
}

/** For a value that may be a map, the last choice, and has no message of its own: its problems are those of the map. */
const INVALID_MAP = 'is not valid';

const KINDS: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

/** Describes a value in a message: its type, and the value if it is short. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys and values';
  if (typeof value === 'string') return `the string ${quoted(value)}`;
  return typeof value === 'number' ? String(value) : quoted(value);
}
