/** Not empty; each unit at most once, larger units first. */
export const DURATION_PATTERN = /^(?=\d)(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;

const [hour, minute, second] = [3_600_000, 60_000, 1000];

/** `1h30m`, `2m`, `10s`, `500ms` to milliseconds; null for anything else, a number without a unit included. */
export function parseDuration(text: string): number | null {
  const [whole, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = DURATION_PATTERN.exec(text) ?? [];
  if (!whole) return null;
  return Number(hours) * hour + Number(minutes) * minute + Number(seconds) * second + Number(milliseconds);
}

/** Milliseconds to the text that {@link parseDuration} reads: `5400000` is `1h30m`. */
export function formatDuration(milliseconds: number): string {
  const parts = [
    [Math.floor(milliseconds / hour), 'h'],
    [Math.floor((milliseconds % hour) / minute), 'm'],
    [Math.floor((milliseconds % minute) / second), 's'],
    [milliseconds % second, 'ms'],
  ] as const;
  const text = parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('');
  return text || '0s';
}
