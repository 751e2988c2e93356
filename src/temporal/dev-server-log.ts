import { open, type FileHandle } from 'node:fs/promises';
import { Failure } from '../domain/failures/failure.ts';
import { rotateLog } from './state-folder.ts';

const MAX_LOG_BYTES = 16 * 1024 * 1024;
/** How much output is searched for the reason of a failed start: it may contain the stacks of all goroutines. */
const MAX_OUTPUT_READ_BYTES = 256 * 1024;

/** Opens the log of the Temporal server, private to this user, for appending. */
export async function openServerLog(file: string): Promise<FileHandle> {
  try {
    await rotateLog(file, MAX_LOG_BYTES);
    return await open(file, 'a+', 0o600);
  } catch (cause) {
    const message = `The log of the Temporal server cannot be written: ${(cause as Error).message}.`;
    throw new Failure('InvalidConfig', message, { cause });
  }
}

/**
 * Why the server did not start, in its own words: its crash, its last error, or its last line.
 * @param start - where its output begins in the log
 */
export async function startFailureReason(output: FileHandle, start: number): Promise<string> {
  const { size } = await output.stat();
  const from = Math.max(start, size - MAX_OUTPUT_READ_BYTES);
  const { buffer, bytesRead } = await output.read(Buffer.alloc(size - from), 0, size - from, from);
  const lines = buffer.toString('utf8', 0, bytesRead).trim().split('\n');
  const crash = lines.findLast((line) => /^(panic|fatal error): /.test(line)); // a crash of Go, followed by stacks
  const said = crash ?? lines.findLast((line) => line.includes('level=ERROR')) ?? lines.at(-1) ?? '';
  return said.slice(0, 500);
}
