/** Checks of JSON that another version of a worker may have written, and its size. */
export type Check = (value: unknown) => boolean;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** An object whose fields pass these checks. Other fields do not matter, since later versions add some. */
export function isShape<Shape>(fields: { [Key in keyof Shape]?: Check }): (value: unknown) => value is Shape {
  const checks = Object.entries<Check | undefined>(fields);
  return (value): value is Shape => isObject(value) && checks.every(([name, check]) => check!(value[name]));
}

/** The same check for several fields of {@link isShape}. */
export function fields<Name extends string>(check: Check, ...names: readonly Name[]): Record<Name, Check> {
  return Object.fromEntries(names.map((name) => [name, check])) as Record<Name, Check>;
}

export function isListOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

export function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

/** For fields that earlier versions left out. */
export function orMissing(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** Bytes as JSON. */
export function sizeOf(value: unknown): number {
  const json = JSON.stringify(value);
  // Most JSON has a byte for each character.
  return /[^\0-\x7f]/.test(json) ? new TextEncoder().encode(json).length : json.length;
}
