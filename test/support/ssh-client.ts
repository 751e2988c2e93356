import { spawnSync } from 'node:child_process';

/** For `describe.skipIf`: where `CI` is `true`, a missing ssh client is a failure. */
export function skipsWithoutSsh(): boolean {
  return spawnSync('ssh', ['-V']).error !== undefined && process.env['CI'] !== 'true';
}
