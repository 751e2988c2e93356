/** `fleet-20261124-020000`: the workflow id of a run that starts now, in UTC. */
export function runIdAt(now: Date): string {
  const [date, time] = now
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .split('T');
  return `fleet-${date}-${time}`;
}
