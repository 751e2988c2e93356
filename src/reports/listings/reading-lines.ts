import type { RowError } from '../../domain/failures/failure.ts';
import type { Fault } from '../../domain/measurements/benchmark-result.ts';
import { isNamedDevice, type MeasuredDevice, type Reading } from '../../domain/measurements/measurement.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { plain, type Style } from '../style.ts';
import { sectionsText, table } from '../table.ts';

/** What was read from an output: a line for each number, each fault, and what could not be read. */
export function readingLines(
  {
    readings,
    devices,
    faults,
    error,
  }: {
    readings: readonly Reading[];
    devices: readonly MeasuredDevice[];
    faults: readonly Fault[];
    error: RowError | null;
  },
  style: Style = plain,
  width = Infinity
): string {
  const nameOf = (device: number | null): string => {
    if (device === null) return '';
    const name = devices.find((each) => each.device === device)?.name ?? '';
    return `device ${isNamedDevice(device) ? printable(name, 60) : device}`;
  };
  const numbers = readings.map(({ metric, device, value, unit }) => [
    metric,
    nameOf(device),
    `${formatNumber(value)} ${unit}`,
  ]);
  const ofFaults = faults.map(
    ({ says, device, text }) =>
      `${style('bad', 'fail')} ${[says, nameOf(device)].filter(Boolean).join(', ')}: "${printable(text, 200)}"`
  );
  const ofError =
    error === null ? [] : [`${style('doubtful', 'error')} ${error.type}: ${printable(error.message, 1000)}`];
  const isNothing = [numbers, ofFaults, ofError].every((lines) => lines.length === 0);
  if (isNothing) return 'nothing was read: the output has none of the metrics, all of which may be absent\n';
  return sectionsText([table(numbers, plain, width), ofFaults, ofError].filter((lines) => lines.length > 0));
}
