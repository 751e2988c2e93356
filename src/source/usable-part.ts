import type { z } from 'zod';
import type { Path, Problem } from './problem.ts';
import { checkSchema } from './schema-problems.ts';

/**
 * What is left of a value without its problems: everything that is right can then be checked further, and whoever has to
 * correct the file hears of all mistakes at once.
 */
export function usablePart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  problems: readonly Problem[]
): z.output<Schema> {
  let remaining = structuredClone(value);
  let wrong = problems;
  // What a map cannot be without, takes the map with it.
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

/** Whether a problem may be there only because of one that is already known: inside it, or around it. */
export function follows(problem: Problem, known: readonly Problem[]): boolean {
  return known.some(({ path }) => {
    if (problem.path.length === 0) return path.length <= 1;
    const shorter = Math.min(path.length, problem.path.length);
    return path.slice(0, shorter).join('\n') === problem.path.slice(0, shorter).join('\n');
  });
}
