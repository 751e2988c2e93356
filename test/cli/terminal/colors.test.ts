import { expect, test } from 'vitest';
import { hasColors, styleFor, type ColorMode } from '../../../src/cli/terminal/colors.ts';
import { fakeTerminal } from '../terminal.ts';

const cases: [env: NodeJS.ProcessEnv, color: ColorMode | undefined, onTerminal: boolean, inPipe: boolean][] = [
  [{}, undefined, true, false],
  [{}, 'auto', true, false],
  [{ NO_COLOR: '1' }, undefined, false, false],
  [{ NO_COLOR: '' }, undefined, true, false], // no-color.org: not an empty string
  [{ FORCE_COLOR: '1' }, undefined, true, true],
  [{ FORCE_COLOR: '0' }, undefined, false, false],
  [{ FORCE_COLOR: '' }, undefined, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, undefined, true, true],
  [{ TERM: 'dumb' }, undefined, false, false],
  [{ NO_COLOR: '1' }, 'always', true, true], // an option is more than the environment
  [{ FORCE_COLOR: '1' }, 'never', false, false],
];

test.each(cases)('with %j and --color %s, a terminal has colours: %s, a pipe: %s', (env, color, onTerminal, inPipe) => {
  expect(hasColors({ isTTY: true }, { env, color })).toBe(onTerminal);
  expect(hasColors({ isTTY: false }, { env, color })).toBe(inPipe);
});

test('a colour changes no words, and none is left open', () => {
  const terminal = fakeTerminal({ env: {} });
  expect(styleFor(terminal.stdout, { env: {}, color: 'always' })('bad', 'fail')).toBe('\u001b[31mfail\u001b[39m');
  expect(styleFor(terminal.stdout, { env: {} })('bad', 'fail')).toBe('fail');
});
