import { existsSync, readFileSync } from 'node:fs';

/** What a job has written down on its server. */
export interface Entry {
  what: 'start' | 'end';
  /** Workflow run, benchmark, number of the measurement, number of the sample. */
  jobId: string;
  serverId: string;
}

/** POSIX shell: a benchmark that writes down its start and its end, and prints a score. */
export function ledgerCommand(file: string, seconds: number): string {
  const note = (what: string): string => `echo "${what} \${FLEETMARK_JOB%;} \${FLEETMARK_MARKS##*/}" >>${file}`;
  return `${note('start')}; sleep ${seconds}; ${note('end')}; echo "score: 80"`;
}

export function readLedger(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [what, jobId, serverId] = line.split(' ') as [Entry['what'], string, string];
    return { what, jobId, serverId };
  });
}

/** The benchmark that a job is for. */
export function benchmarkOf({ jobId }: Entry): string {
  return jobId.split('.').at(-3)!;
}
