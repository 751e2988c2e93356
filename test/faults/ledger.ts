import { existsSync, readFileSync } from 'node:fs';

/** A record of a job. */
export interface Entry {
  what: 'start' | 'end';
  /** Workflow run, benchmark, number of the measurement, number of the sample; joined by dots. */
  jobId: string;
  serverId: string;
}

/** POSIX shell code for a benchmark that records its start and end, and prints a score. */
export function ledgerCommand(file: string, seconds: number): string {
  const note = (what: string): string => `echo "${what} \${FLEETMARK_JOB%;} \${FLEETMARK_MARKS##*/}" >>${file}`;
  return `${note('start')}; sleep ${seconds}; ${note('end')}; echo "score: 80"`;
}

/**
 * The same for a benchmark that loads all CPUs for this many seconds. Its score is the percentage of CPU time that it got,
 * which falls while it is stopped.
 */
export function loadingCommand(file: string, seconds: number): string {
  const [begin, end] = ledgerCommand(file, 0).split('; sleep 0; ') as [string, string];
  const uptime = "cut -d' ' -f1 /proc/uptime";
  const share = `awk -v wall="$(${uptime})" -v from="$from" -v cpus="$cpus" -F '[ms ]+' 'NR == 2 {
    print "score: " 100 * (60 * ($1 + $3) + $2 + $4) / ((wall - from) * cpus) }' times`;
  return `${begin}; cpus=$(nproc); from=$(${uptime})
for cpu in $(seq $cpus); do timeout ${seconds} sh -c 'while :; do :; done' & done; wait; times >times
${end.replace('echo "score: 80"', share)}`;
}

export function readLedger(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [what, jobId, serverId] = line.split(' ') as [Entry['what'], string, string];
    return { what, jobId, serverId };
  });
}

/** The benchmark of a job. */
export function benchmarkOf({ jobId }: Entry): string {
  return jobId.split('.').at(-3)!;
}
