import { Client, Connection } from '@temporalio/client';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.ts';
import { Browser, chromium } from '../support/browser.ts';
import { commandLine, eventually, processesWith } from '../support/processes.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { silent } from '../support/silent.ts';

const skips = (temporalCli === null || chromium === undefined) && process.env['CI'] !== 'true';

/** Runs in a page: the result of a request, as far as the page may read it. */
const attempts = `
  const tries = { page: location.origin };
  const attempt = async (name, url, options) => {
    tries[name] = await fetch(url, options).then(
      async (response) => response.type + ' ' + response.status + ' ' + (await response.text()).slice(0, 200),
      () => 'nothing'
    );
  };
  const start = { workflowType: { name: 'benchmarkFleet' }, taskQueue: { name: 'fleetmark' } };
  const post = (more) => ({ method: 'POST', body: JSON.stringify(start), ...more });
`;

describe.skipIf(skips)('a web page in a real browser', () => {
  let stateDir: string;
  let server: DevServer;
  let client: Client;
  let port: number;
  let commands: string;

  beforeAll(async () => {
    const options = { cli: temporalCli!, configuration: '/a/fleetmark.yaml', say: () => undefined };
    stateDir = temporaryFolder('web-page');
    server = await startDevServer({ ...options, stateDir, log: silent });
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
    port = Number(new URL(server.uiUrl).port);
    const grpc = server.address.split(':')[1]!;
    commands = processesWith('start-dev')
      .map(commandLine)
      .find((line) => line.includes(`--port ${grpc} `))!;
    await client.workflow.start('secretHistory', { taskQueue: 'unused', workflowId: 'secret-run' });
    await eventually(listed, (ids) => ids.includes('secret-run'));
  });
  afterAll(async () => {
    await client?.connection.close();
    await server?.stop();
  });

  const listed = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { workflowId } of client.workflow.list()) ids.push(workflowId);
    return ids;
  };

  test('of this machine can show runs and start one: the Web UI works completely', async () => {
    const browser = new Browser();
    const run = await browser.open(`${server.uiUrl}/namespaces/default/workflows`);
    const shown = async (): Promise<unknown> => run('document.body.innerText');
    await eventually(shown, (text) => String(text).includes('secret-run'));

    const form = await browser.open(
      `${server.uiUrl}/namespaces/default/workflows/start-workflow?workflowId=from-the-ui&taskQueue=unused&workflowType=mine`
    );
    await eventually(
      () => form('document.querySelectorAll("input").length'),
      (count) => Number(count) > 2,
      60_000
    );
    await form(
      `Array.from(document.querySelectorAll('button')).find((each) => each.innerText.trim() === 'Start Workflow').click()`
    );
    await eventually(listed, (ids) => ids.includes('from-the-ui'));
    await browser.close();
  });

  test('counts as loaded once its site answers, not if Chromium shows an error page', async () => {
    const page = await servePage('127.0.0.7', 0, null, 4);
    const browser = new Browser({ 'late.test': '127.0.0.7' });
    const run = await browser.open(`http://late.test:${page.port}/`);
    expect(await run('location.origin + document.title')).toBe(`http://late.test:${page.port}page`);
    await browser.close();
    await page.close();
  });

  test('of another site can neither read nor start anything', async () => {
    const before = (await listed()).sort();
    const page = await servePage('127.0.0.5', 0, null);
    const browser = new Browser({ 'evil.test': '127.0.0.5' });
    const run = await browser.open(`http://evil.test:${page.port}/`);
    const hidden = [...commands.matchAll(/--(http-port|ui-port|port) (\d+)/g)].map(([, , number]) => number!);
    const uiHost = /--ui-ip (\S+)/.exec(commands)![1]!;
    const bases = ['127.0.0.1', 'localhost'].flatMap((host) =>
      [port, ...hidden].map((each) => `http://${host}:${each}`)
    );
    for (const base of bases) {
      const path = `${base}/api/v1/namespaces/default/workflows`;
      const tries = (await run(`(async () => { ${attempts}
        await attempt('read', '${path}');
        await attempt('read blindly', '${path}', { mode: 'no-cors' });
        await attempt('start', '${path}/evil-1', post({ headers: { 'Content-Type': 'application/json' } }));
        await attempt('start blindly', '${path}/evil-2', post({ mode: 'no-cors', credentials: 'include' }));
        const frame = document.createElement('iframe');
        frame.name = 'frame';
        document.body.append(frame);
        const form = document.createElement('form');
        form.method = 'post'; form.enctype = 'text/plain'; form.target = 'frame'; form.action = '${path}/evil-3';
        form.innerHTML = '<input name=x>';
        form.firstChild.name = JSON.stringify(start).slice(0, -1) + ',"requestId":"';
        form.firstChild.value = '"}';
        document.body.append(form);
        const loaded = new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 2000); });
        form.submit();
        await loaded;
        return tries;
      })()`)) as Record<string, string>;
      expect(tries).toEqual({
        page: `http://evil.test:${page.port}`,
        read: 'nothing',
        'read blindly': expect.stringMatching(/^(nothing|opaque 0 )$/),
        start: 'nothing',
        'start blindly': expect.stringMatching(/^(nothing|opaque 0 )$/),
      });
    }
    expect((await listed()).sort()).toEqual(before);
    expect(uiHost).toMatch(/^127\.(?!0\.0\.1$)/);
    await browser.close();
    await page.close();
  });

  test('whose name later resolves to this machine (DNS rebinding) is refused', async () => {
    const before = (await listed()).sort();
    const http = Number(/--http-port (\d+)/.exec(commands)![1]);
    for (const target of [port, http]) {
      const page = await servePage('127.0.0.6', target, target);
      const browser = new Browser({ 'evil.test': '127.0.0.6' });
      const run = await browser.open(`http://evil.test:${target}/`);
      page.rebind();
      const path = '/api/v1/namespaces/default/workflows';
      const rebound = `(async () => { ${attempts}
        await attempt('read', '${path}');
        await attempt('start', '${path}/evil-4', post({ headers: { 'Content-Type': 'application/json' } }));
        return tries;
      })()`;
      // A broken connection is not a refusal: only an answer decides.
      const tries = await eventually(
        async () => (await run(rebound)) as Record<string, string>,
        ({ read, start }) => read !== 'nothing' && start !== 'nothing'
      );
      expect(tries).toEqual({
        page: `http://evil.test:${target}`,
        read: expect.stringMatching(/^basic 403 /),
        start: expect.stringMatching(/^basic 403 /),
      });
      expect(JSON.stringify(tries)).not.toContain('secret-run');
      await browser.close();
      await page.close();
    }
    expect((await listed()).sort()).toEqual(before);
  });
});

/**
 * An attacker's site. After `rebind` its address leads to the port of this machine, as after a change of its DNS record.
 *
 * @param breaks - the number of first requests that it does not answer
 */
async function servePage(host: string, at: number, target: number | null, breaks = 0) {
  let isRebound = false;
  let left = breaks;
  const body = '<!doctype html><title>page</title><body>page';
  const length = `Content-Length: ${body.length}`;
  const answer = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${length}\r\nConnection: close\r\n\r\n${body}`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      if (left-- > 0) return socket.destroy();
      if (!isRebound) return socket.end(answer);
      const there = connect(target!, '127.0.0.1');
      there.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('close', () => there.destroy());
      there.write(first);
      return socket.pipe(there).pipe(socket);
    });
  });
  server.listen(at, host);
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    rebind: () => void (isRebound = true),
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
