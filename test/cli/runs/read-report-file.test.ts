import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readReportFile } from '../../../src/cli/runs/read-report-file.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a report in a pipe with a name is refused, with what to write instead', async () => {
  const pipe = join(temporaryFolder('report-file'), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const stdin = Readable.from([]) as unknown as Terminal['stdin'];
  const message = `${pipe} is a pipe, not a file; "-" reads standard input`;
  await expect(readReportFile(pipe, stdin)).rejects.toThrow(expect.objectContaining({ name: 'Refusal', message }));
});
