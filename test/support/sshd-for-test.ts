/** An sshd for one test, which stops when the test has finished. */
import { onTestFinished } from 'vitest';
import { startSshd, type Sshd, type SshdOptions } from './sshd.ts';

export async function sshdForTest(options: SshdOptions = {}): Promise<Sshd> {
  const sshd = await startSshd(options);
  onTestFinished(() => sshd.stop());
  return sshd;
}
