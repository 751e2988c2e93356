/** Checks one value of JSON that a worker of another version may have written. */
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

/** A check for an object whose fields pass these checks. Other fields are ignored, because later versions add some. */
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

/** For fields that are missing from earlier versions. */
export function orMissing(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** Size of a value as JSON, in bytes. */
export function sizeOf(value: unknown): number {
  const json = JSON.stringify(value);
  // Fast path: ASCII has one byte per character.
  return /[^\0-\x7f]/.test(json) ? new TextEncoder().encode(json).length : json.length;
}
