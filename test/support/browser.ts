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
  /** Set for an event. */
  method?: string;
  params?: Record<string, unknown>;
}

/** How a page is shown. */
interface View {
  width: number;
  scheme: 'light' | 'dark';
  media?: 'print';
}

/** A real headless browser, controlled through its debugging pipe. */
export class Browser {
  readonly #folder = temporaryFolder('browser');
  readonly #child;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #next = 1;
  /** Errors and blocked requests of the pages with a view. */
  readonly problems: string[] = [];
  /** The addresses that the pages with a view asked for. */
  readonly requests: string[] = [];

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
  async open(url: string, view?: View): Promise<(expression: string) => Promise<unknown>> {
    const { targetId } = await this.#ask('Target.createTarget', { url: view ? 'about:blank' : url });
    const attached = await this.#ask('Target.attachToTarget', { targetId, flatten: true });
    const sessionId = String(attached['sessionId']);
    if (view) await this.#show(url, view, sessionId);
    const run = async (expression: string): Promise<unknown> => {
      const how = { expression, awaitPromise: true, returnByValue: true };
      const { result } = await this.#ask('Runtime.evaluate', how, sessionId);
      return (result as { value?: unknown }).value;
    };
    const seen = '[document.readyState, location.origin, location.href, document.body?.innerText.slice(0, 200)].join()';
    const origin = url.startsWith('file:') ? 'file://' : new URL(url).origin;
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

  async #show(url: string, { width, scheme, media }: View, sessionId: string): Promise<void> {
    for (const domain of ['Runtime', 'Log', 'Network', 'Page']) await this.#ask(`${domain}.enable`, {}, sessionId);
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await this.#ask('Emulation.setDeviceMetricsOverride', size, sessionId);
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.#ask('Emulation.setEmulatedMedia', { media: media ?? '', features }, sessionId);
    await this.#ask('Page.navigate', { url }, sessionId);
  }

  #hear({ id, method = '', params = {}, ...message }: Message): void {
    if (id !== undefined) this.#waiting.get(id)?.(message);
    if (/^(Runtime\.exceptionThrown|Runtime\.consoleAPICalled|Log\.entryAdded)$/.test(method))
      this.problems.push(JSON.stringify(params));
    if (method === 'Network.requestWillBeSent') this.requests.push((params['request'] as { url: string }).url);
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
