/**
 * Measures the CPU time that polling a job costs a server: `npx tsx test/bench/polling.ts [SECONDS]`. Counts the whole SSH
 * session, including the login shell (without login files), while a job sleeps. The goal is 0.5 % of one core.
 */
import { readFileSync } from 'node:fs';
import { Lab } from '../ssh/jobs/lab.ts';
import { processesWith } from '../support/processes.ts';
import { startSshd } from '../support/sshd.ts';

const ticksPerSecond = 100;
const seconds = Number(process.argv[2] ?? 60);

/** CPU seconds of a process and of all its children that have ended. */
function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

const sshd = await startSshd({ config: ['SetEnv HOME=/nonexistent'] });
let questions = 0;
const lab = new Lab(sshd);
try {
  const ssh = lab.worker({ onAsk: () => questions++, limits: { pollSeconds: 10 }, keepaliveMs: 10_000 });
  const { run } = await lab.job(ssh);
  const [listener] = processesWith(`${sshd.dir}/sshd_config`);
  const [session] = readFileSync(`/proc/${listener}/task/${listener}/children`, 'utf8').trim().split(' ').map(Number);
  let begin: { cpu: number; at: number } | null = null;
  await run(`sleep ${seconds + 12}`, {
    timeoutMs: (seconds + 60) * 1000,
    onProgress: () => {
      const now = { cpu: cpuTime(session!), at: performance.now() };
      begin ??= now; // skips the start
      const passed = (now.at - begin.at) / 1000;
      if (passed === 0) return;
      const percent = ((now.cpu - begin.cpu) / passed) * 100;
      console.log(`${passed.toFixed(0)} s: ${percent.toFixed(2)} % of one core, ${questions} questions`);
    },
  });
} finally {
  await lab.close();
  await sshd.stop();
}
