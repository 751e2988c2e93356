import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { findExecutable } from '../../processes/find-executable.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A browser that was started stays; a program that cannot start one says so at once. */
const FAILS_WITHIN_MS = 5_000;

/** Why a page was not opened; null if it was. */
export type NotOpened = string | null;

/**
 * Opens a URL in the browser of this desktop, without a shell.
 * @param platform - for tests
 */
export async function openPage(
  url: string,
  { env }: Pick<Terminal, 'env'>,
  platform: NodeJS.Platform = process.platform
): Promise<NotOpened> {
  const name = platform === 'darwin' ? 'open' : 'xdg-open';
  const hasDesktop = platform === 'darwin' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
  if (!hasDesktop) return 'there is no desktop here';
  const program = await findExecutable(name, env['PATH']);
  if (program === null) return `${name} is not installed`;
  const child = spawn(program, [url], { detached: true, stdio: 'ignore', env });
  const failed = new Promise<NotOpened>((resolve) => {
    child.on('error', (error) => resolve(`${name} cannot be run: ${error.message}`));
    child.on('exit', (code) => resolve(code === 0 ? null : `${name} ended with ${code ?? 'a signal'}`));
  });
  child.unref();
  return Promise.race([failed, delay(FAILS_WITHIN_MS, null, { ref: true })]);
}
