/** A real Prometheus for tests. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram } from '../faults/owned-program.ts';
import { bareEnvironment } from './environment.ts';
import { freePort } from './ports.ts';
import { eventually } from './processes.ts';

export interface TestPrometheus {
  /** Resolves with the values of an instant query. @throws Error if the expression is invalid */
  query(expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  /** The names of all metrics. */
  names(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Whether `prometheus` and `promtool` are installed. If `CI` is `true`, they must be. */
export const hasPrometheus = process.env['CI'] === 'true' || ['prometheus', 'promtool'].every(isInstalled);

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Scrapes a URL every second, as the job `fleetmark`. Resolves after the first scrape. */
export async function startPrometheus(folder: string, url: string): Promise<TestPrometheus> {
  const port = await freePort();
  const targets = [{ targets: [new URL(url).host] }];
  const scrape = { job_name: 'fleetmark', scrape_interval: '1s', scrape_timeout: '1s', static_configs: targets };
  const config = join(folder, 'prometheus.json'); // JSON is YAML
  writeFileSync(config, JSON.stringify({ scrape_configs: [scrape] }));
  const data = `--storage.tsdb.path=${join(folder, 'prometheus')}`;
  const args = [`--config.file=${config}`, data, `--web.listen-address=127.0.0.1:${port}`] as const;
  const where = { cwd: folder, env: bareEnvironment({}), logFile: join(folder, 'prometheus.log') };
  const program = startProgram(['prometheus', ...args], where);
  const ask = async <Data>(path: string): Promise<Data> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; error?: string; data: Data };
    if (answer.status !== 'success') throw new Error(answer.error);
    return answer.data;
  };
  const started: TestPrometheus = {
    async query(expression) {
      const { result } = await ask<{ result: Awaited<ReturnType<TestPrometheus['query']>> }>(
        `query?query=${encodeURIComponent(expression)}`
      );
      return result;
    },
    names: () => ask<string[]>('label/__name__/values'),
    async stop() {
      program.kill('SIGKILL');
      await program.ended;
    },
  };
  await eventually(
    () => started.query('up{job="fleetmark"} == 1').catch(() => []),
    (found) => found.length > 0
  );
  return started;
}
