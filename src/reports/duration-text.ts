import prettyMilliseconds from 'pretty-ms';

/** `30s`, `1h 5m`: the two largest units, in whole seconds. */
export function durationText(seconds: number): string {
  return prettyMilliseconds(Math.round(Math.max(0, seconds)) * 1000, { secondsDecimalDigits: 0, unitCount: 2 });
}
