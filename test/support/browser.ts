/** A real browser for tests of the Web UI. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { eventually, processesWith } from './processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The path of a Chromium, or null. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(existsSync);

interface Message {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A real headless browser, controlled through its debugging pipe. */
export class Browser {
  readonly #folder = temporaryFolder('browser');
  readonly #child;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #next = 1;

  /** @param hosts - host names and their addresses */
  constructor(hosts: Record<string, string> = {}) {
    const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe'];
    args.push(`--user-data-dir=${this.#folder}`, `--host-resolver-rules=${rules.join(',')}`, '--no-proxy-server');
    this.#child = spawn(chromium!, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    let text = '';
    (this.#child.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (text + chunk).split('\0');
      text = parts.pop()!;
      for (const part of parts) this.#hear(JSON.parse(part) as Message);
    });
  }

  /**
   * Opens a page. Resolves to a function that evaluates an expression in it. Waits until the page has its address: before
   * that, Chromium may show an error page, which also counts as complete but cannot fetch anything.
   */
  async open(url: string): Promise<(expression: string) => Promise<unknown>> {
    const { targetId } = await this.#ask('Target.createTarget', { url });
    const attached = await this.#ask('Target.attachToTarget', { targetId, flatten: true });
    const sessionId = String(attached['sessionId']);
    const run = async (expression: string): Promise<unknown> => {
      const how = { expression, awaitPromise: true, returnByValue: true };
      const { result } = await this.#ask('Runtime.evaluate', how, sessionId);
      return (result as { value?: unknown }).value;
    };
    const seen = '[document.readyState, location.origin, location.href, document.body?.innerText.slice(0, 200)].join()';
    const { origin } = new URL(url);
    await eventually(
      async () => {
        const page = String(await run(seen).catch(String)); // during navigation there is no page to run it in
        if (page.includes('chrome-error:')) await this.#ask('Page.navigate', { url }, sessionId);
        return page;
      },
      (page) => page.startsWith(`complete,${origin},`)
    );
    return run;
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    // Its other processes end a moment later.
    const rest = (): number[] => processesWith(this.#folder);
    await eventually(rest, (pids) => pids.length === 0);
  }

  #hear(message: Message): void {
    if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
  }

  async #ask(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    const id = this.#next++;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }
}
