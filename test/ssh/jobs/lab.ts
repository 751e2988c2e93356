import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DetachedJobRequest } from '../../../src/domain/jobs/job.ts';
import type { DetachedJobLimits } from '../../../src/ssh/jobs/limits.ts';
import { createSsh } from '../../../src/ssh/create-ssh.ts';
import type { Sshd } from '../../support/sshd.ts';
import { accessTo, type Access } from '../../support/access.ts';
import { silent } from '../../support/silent.ts';
import { breakableLink, type BreakableLink } from './breakable-link.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const serverId = 'web-7';
const never = new AbortController().signal;
let counter = 0;

export interface WorkerOptions {
  access?: () => Access;
  limits?: Partial<DetachedJobLimits>;
  /** Called before each request. */
  onAsk?: () => void;
  keepaliveMs?: number;
}

/** One server for one test. `close` always ends everything that the test starts there. */
export class Lab {
  readonly dir = temporaryFolder('detached');
  readonly #sshd: Sshd;
  readonly #closers: (() => unknown)[] = [];

  constructor(sshd: Sshd) {
    this.#sshd = sshd;
  }

  onClose(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** A worker with its own connections. */
  worker({ access = () => accessTo(this.#sshd), limits, onAsk = () => {}, keepaliveMs = 500 }: WorkerOptions = {}) {
    const ssh = createSsh({
      routeOf: async () => {
        onAsk();
        return access().server;
      },
      settings: async () => access().settings,
      log: silent,
      keepaliveMs,
      jobLimits: { pollSeconds: 2, graceSeconds: 1, reconnectTimeoutMs: 30_000, ...limits },
      jobFolder: this.dir,
    });
    this.onClose(() => ssh.close());
    return ssh;
  }

  /** A job that one of the workers starts. Its command records every start in a ledger. */
  async job(ssh = this.worker()) {
    const host = await ssh.jobs.probeJobs({ serverId, signal: never });
    const jobId = `run${process.pid}.${counter++}`;
    const name = { serverId, jobId, host, signal: never };
    this.onClose(async () => {
      if (!existsSync(host.base)) return;
      const direct = this.worker();
      await direct.jobs.cancelJob(name);
      await direct.close();
    });
    const ledger = path.join(this.dir, `${jobId}.ledger`);
    return {
      name,
      folder: path.join(host.base, jobId),
      run: (command: string, more: Partial<DetachedJobRequest> = {}, by = ssh) =>
        by.jobs.runJob({ ...name, command: `echo began >>${ledger}\n${command}`, timeoutMs: 60_000, ...more }),
      starts: () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').length - 1 : 0),
    };
  }

  /** A proxy to the server that can be broken. */
  async link(): Promise<BreakableLink & { access: () => Access }> {
    const link = await breakableLink(this.#sshd.port);
    this.onClose(() => link.close());
    const knownHostsFile = path.join(this.dir, `known_hosts_${link.port}`);
    writeFileSync(knownHostsFile, `[127.0.0.1]:${link.port} ${this.#sshd.hostKeys[0]}\n`);
    return { ...link, access: () => accessTo({ ...this.#sshd, port: link.port, knownHostsFile }) };
  }

  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close();
  }
}
