import { expect, test } from 'vitest';
import { completionAt } from '../../../src/cli/completion/completion-at.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { fakeTerminal } from '../terminal.ts';

const program = createProgram(fakeTerminal({}), () => undefined);
const at = (...words: string[]) => completionAt(program, words);
const textsAt = (...words: string[]): string[] => at(...words).candidates.map(({ text }) => text);

test('first come the verbs, without the hidden one', () => {
  expect(textsAt('')).toEqual(expect.arrayContaining(['run', 'schedule', 'completion', 'help']));
  expect(textsAt('')).not.toContain('complete-words');
  expect(textsAt('schedule', '')).toContain('trigger');
});

test('an option begins with a dash, and has those of its verb', () => {
  expect(textsAt('run', '--li')).toEqual(expect.arrayContaining(['--limit', '--detach', '--color', '--help']));
  expect(textsAt('runs', '-')).not.toContain('--detach');
});

test.each([
  [['run', '--limit', ''], 'servers'],
  [['run', '--limit', 'web-1', ''], 'servers'],
  [['run', '--limit', 'web-1', '--benchmarks', ''], 'benchmarks'],
  [['run', '--limit='], 'servers'],
  [['run', '-i', ''], 'file'],
  [['report', ''], 'run'],
  [['report', '--json', ''], 'run'],
  [['report', '--config', 'a.yaml', ''], 'run'],
  [['compare', 'last', ''], 'after'],
  [['baseline', 'last-1', ''], 'run'],
  [['history', ''], 'server'],
  [['schedule', 'show', ''], 'schedule'],
  [['benchmarks', 'try', ''], 'benchmark'],
  [['report', '--', ''], 'run'],
])('%j is completed with values of %s', (words, placeholder) => {
  expect(at(...words).placeholder).toBe(placeholder);
});

test.each([[['report', 'last', '']], [['temporal', 'workflow', '']], [['run', '']], [['nothing', '']]])(
  'nothing can follow %j',
  (words) => {
    expect(at(...words)).toMatchObject({ candidates: [], placeholder: null });
  }
);

test('fixed values are known', () => {
  expect(textsAt('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(at('run', '--color=')).toMatchObject({ before: '--color=', candidates: [{ text: 'auto' }, {}, {}] });
});

test('the configuration of the command line counts', () => {
  expect(at('run', '--config=a.yaml', '-i', 'hosts.ini', '--limit', '').given).toMatchObject({
    ...{ config: 'a.yaml', inventory: 'hosts.ini' },
  });
});
