import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { openPage } from '../../../src/cli/runs/open-page.ts';
import { webUiLink } from '../../../src/cli/runs/web-ui-link.ts';
import { folderWith } from '../../support/temporary-folder.ts';

/** A folder with programs that write their arguments into a file beside them. */
function programs(...names: string[]): string {
  const script = '#!/bin/sh\nprintf "<%s>" "$@" > "$0.arguments"\n';
  const folder = folderWith(Object.fromEntries(names.map((name) => [name, script])));
  for (const name of names) chmodSync(join(folder, name), 0o755);
  return folder;
}

const hostile = 'file:///tmp/it\'s/$(touch PWNED) `x` "y" -z';

test.each([
  ['linux', 'xdg-open', { DISPLAY: ':0' }],
  ['linux', 'xdg-open', { WAYLAND_DISPLAY: 'wayland-0' }],
  ['darwin', 'open', {}],
] as const)('on %s, %s gets the link as its only argument', async (platform, name, desktop) => {
  const folder = programs('xdg-open', 'open');
  const path = ['', 'relative', '/nowhere', folder].join(delimiter);
  expect(await openPage(hostile, { env: { ...desktop, PATH: `${path}:/usr/bin:/bin` } }, platform)).toBe(null);
  expect(readFileSync(join(folder, `${name}.arguments`), 'utf8')).toBe(`<${hostile}>`);
});

test('a missing program, or a missing desktop, is the reason', async () => {
  const empty = folderWith({ 'xdg-open': 'not executable' });
  const open = (env: NodeJS.ProcessEnv) => openPage('http://x', { env }, 'linux');
  expect(await open({ DISPLAY: ':0', PATH: empty })).toBe('xdg-open is not installed');
  expect(await open({ DISPLAY: ':0' })).toBe('xdg-open is not installed');
  expect(await open({ PATH: programs('xdg-open') })).toBe('there is no desktop here');
});

test('a program that cannot be started is the reason', async () => {
  const folder = folderWith({ 'xdg-open': '#!/nowhere\n' });
  chmodSync(join(folder, 'xdg-open'), 0o755);
  expect(await openPage('http://x', { env: { DISPLAY: ':0', PATH: folder } }, 'linux')).toMatch(
    /^xdg-open cannot be run: .*ENOENT/
  );
});

test('every character of an id that means something in a link or a shell is encoded', () => {
  const link = webUiLink('http://127.0.0.1:8233', `a/../b?c#d 'e' (f) "g" $h \`i\` ;&|*!`, '0190');
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:8233\/namespaces\/default\/workflows\/[\w.%-]+\/0190$/);
});
