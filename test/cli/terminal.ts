import { PassThrough } from 'node:stream';
import type { Terminal } from '../../src/cli/terminal/terminal.ts';

export interface FakeTerminal extends Terminal {
  /** The output to a stream so far. */
  written(stream: 'stdout' | 'stderr'): string;
  /** Sends typed input. */
  type(text: string): void;
}

/** Replaces the standard streams: a terminal of 80 columns, or pipes. */
export function fakeTerminal({ isTTY = false, env = {} }: { isTTY?: boolean; env?: NodeJS.ProcessEnv }): FakeTerminal {
  const text = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr'): NodeJS.WriteStream => {
    const stream = new PassThrough().on('data', (chunk: Buffer) => (text[name] += chunk.toString()));
    return Object.assign(stream, { isTTY, columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream;
  };
  const stdin = new PassThrough();
  return {
    stdin: Object.assign(stdin, { isTTY, setRawMode: () => stdin }) as unknown as NodeJS.ReadStream & { fd: 0 },
    stdout: output('stdout') as NodeJS.WriteStream & { fd: 1 },
    stderr: output('stderr') as NodeJS.WriteStream & { fd: 2 },
    env,
    written: (stream) => text[stream],
    type: (typed) => void stdin.write(typed),
  };
}
