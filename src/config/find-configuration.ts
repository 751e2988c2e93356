/** The configuration file: `--config`, else FLEETMARK_CONFIG, else `fleetmark.yaml` in the current folder. */
export function findConfiguration(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>
): string {
  return option ?? (env['FLEETMARK_CONFIG'] || 'fleetmark.yaml');
}
