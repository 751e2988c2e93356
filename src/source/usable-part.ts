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
  let holder = value;
  for (const step of path.slice(0, -1)) holder = childOf(holder, step);
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (isMap(holder) && last !== undefined) delete holder[last];
  return value;
}

function childOf(holder: unknown, step: string | number): unknown {
  if (Array.isArray(holder)) return (holder as unknown[])[Number(step)];
  return isMap(holder) ? holder[step] : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
