import { formatNumber } from '../../domain/values/numbers.ts';
import { ownError } from '../../domain/reports/duplicate-messages.ts';
import { limitTexts } from '../../domain/servers/process-limits.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';

/** Parts of a check report, safe to print on a terminal; `-` means unknown or none. */

const TEXT_LIMIT = 300;

export function classText({ hardwareClass }: ServerRow): string {
  return hardwareClass === null ? '-' : printable(hardwareClass, 60);
}

/** `16 CPUs` */
export function cpusText({ machine }: ServerRow): string {
  if (machine === null) return '-';
  return `${machine.cpus} CPU${machine.cpus === 1 ? '' : 's'}`;
}

export function memoryText({ machine }: ServerRow): string {
  const mib = machine?.memoryMib ?? null;
  return mib === null ? '-' : gib(mib * 1024);
}

/** `8 x NVIDIA H100 80GB HBM3`; `no GPU` if the server was checked; `-` if it was not. */
export function gpusText({ machine }: ServerRow): string {
  if (machine === null) return '-';
  const models = machine.gpus.map(({ model, count }) => `${count} x ${printable(model, 80)}`);
  return models.length === 0 ? 'no GPU' : models.join(', ');
}

/** KiB to `62.3 GiB`. */
export function gib(kib: number): string {
  return `${formatNumber(kib / (1024 * 1024))} GiB`;
}

/** Why a server is not ready, which benchmarks it would skip, and other notes. */
export function problemsOf(server: ServerRow): string[] {
  const { verdict, reason, benchmarks, notes, readiness } = server;
  // Skipped benchmarks have their own lines; a duplicate id of a machine has no benchmarks.
  const isShownElsewhere = verdict === 'pass' || (verdict === 'skip' && benchmarks.length > 0);
  const error = ownError(server);
  const why = isShownElsewhere ? null : error ? `${error.type}: ${error.message}` : reason;
  const ofBenchmarks = benchmarks.flatMap((row) => {
    if (row.error === null) return [];
    // A missing GPU is already in the line of the server.
    if (row.verdict === 'skip')
      return row.error.type === 'DeviceMissing' ? [] : [`${row.benchmark} is skipped: ${row.error.message}`];
    return [`${row.benchmark}: ${row.error.type}: ${row.error.message}`];
  });
  const accepted = readiness?.hostKey.trusted === 'accepted';
  const hostKey = accepted ? [`new host key ${readiness.hostKey.fingerprint}`] : [];
  const limits = readiness?.limits ? limitTexts(readiness.limits) : [];
  const limitNotes = limits.length === 0 ? [] : [`limited to ${limits.join(', ')}`];
  return [...(why === null ? [] : [why]), ...ofBenchmarks, ...hostKey, ...limitNotes, ...notes].map((text) =>
    printable(text, TEXT_LIMIT)
  );
}
