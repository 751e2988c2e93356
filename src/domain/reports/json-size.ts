/** Bytes as JSON. */
export function sizeOf(value: unknown): number {
  const json = JSON.stringify(value);
  // Most of it has a byte for each character.
  return /[^\0-\x7f]/.test(json) ? new TextEncoder().encode(json).length : json.length;
}
