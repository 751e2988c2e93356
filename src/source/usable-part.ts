import type { z } from 'zod';
import type { Path, Problem } from './problem.ts';
import { checkSchema } from './schema-problems.ts';

/** A value without its invalid parts, so that further checks of the rest report all mistakes at once. */
export function usablePart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  problems: readonly Problem[]
): z.output<Schema> {
  let remaining = structuredClone(value);
  let wrong = problems;
  // Without a required key, the whole map is invalid.
  for (let up = 0; up < 10; up += 1) {
    for (const { path } of wrong) remaining = without(remaining, path.slice(0, Math.max(path.length - up, 1)));
    const checked = checkSchema(schema, remaining);
    if (checked.value !== null) return checked.value;
    wrong = checked.problems;
  }
  return schema.parse({});
}

function without(value: unknown, path: Path): unknown {
  const last = path.at(-1);
  const container = path.slice(0, -1).reduce((each, step) => (isContainer(each) ? each[step] : undefined), value);
  if (Array.isArray(container)) container.splice(Number(last), 1);
  else if (isContainer(container) && last !== undefined) delete container[last];
  return value;
}

const isContainer = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null;
