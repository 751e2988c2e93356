import { spawnSync } from 'node:child_process';

/** For `describe.skipIf`. If `CI` is `true`, nothing is skipped and a missing ssh client fails the tests. */
export function skipsWithoutSsh(): boolean {
  return spawnSync('ssh', ['-V']).error !== undefined && process.env['CI'] !== 'true';
}
