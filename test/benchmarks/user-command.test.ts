import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPatterns, type MatchPattern } from '../../src/benchmarks/user-command.ts';
import type { UserCommand } from '../../src/domain/plans/configuration.ts';
import { Failure } from '../../src/domain/failures/failure.ts';

const matchAll: MatchPattern = (pattern, text) =>
  [...text.matchAll(new RegExp(pattern, 'gm'))].map((match) => [...match]);

function burn(...patterns: string[]): UserCommand {
  const metrics = patterns.map((pattern, index) => {
    return { metric: `burn.score${index || ''}`, unit: 'points', better: 'higher' as const, pattern };
  });
  return { command: '/opt/burn --quick', metrics, loadsAllCpus: false };
}

function refusal(command: UserCommand, stdout: string): string {
  try {
    readPatterns(command, stdout, matchAll);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'UnreadableOutput') return error.message;
    throw error;
  }
  throw new Error('not refused');
}

describe('readPatterns', () => {
  test('reads the first group of the only match', () => {
    expect(readPatterns(burn('^score: (\\S+) (points)'), 'start\nscore: 81.5 points\ndone\n', matchAll)).toEqual([
      { metric: 'burn.score', unit: 'points', better: 'higher', device: null, value: 81.5 },
    ]);
  });

  test('reads the whole match if there is no group', () => {
    expect(readPatterns(burn('(?<=score: )\\S+'), 'score: -1.5e3', matchAll)).toMatchObject([{ value: -1500 }]);
  });

  test('reads every metric, in the order of the configuration', () => {
    const command = burn('score: (\\d+)', 'seconds: (\\d+)');
    expect(readPatterns(command, 'seconds: 0\nscore: 80', matchAll)).toMatchObject([
      { metric: 'burn.score', value: 80 },
      { metric: 'burn.score1', value: 0 },
    ]);
  });

  test('rejects a pattern that matches nothing, or more than once', () => {
    expect(refusal(burn('score: (\\S+)'), 'core dumped')).toBe(
      'burn.score: the pattern score: (\\S+) matches nothing in "core dumped"'
    );
    expect(refusal(burn('score: (\\S+)'), '')).toContain('matches nothing in an empty text');
    expect(refusal(burn('score: (\\S+)'), 'score: 1\nscore: 2\n')).toBe(
      'burn.score: the pattern score: (\\S+) matches 2 times, not once, in "score: 1 score: 2"'
    );
  });

  test.each(['1,234.5', 'inf', 'NaN', '1e999', '0x10', '80%', '', '１２'])('rejects %j as a number', (number) => {
    expect(refusal(burn('score: (.*)'), `score: ${number}`)).toContain('which is not a plain number');
  });

  test('rejects a group that did not take part in the match', () => {
    expect(refusal(burn('score(?:: (\\d+))?'), 'score')).toContain('finds an empty text, which is not a plain number');
  });

  test('rejects everything if one metric cannot be read', () => {
    expect(refusal(burn('score: (\\d+)', 'seconds: (\\d+)'), 'score: 80')).toMatch(/^burn\.score1: /);
  });

  test('shows the output without control characters, and truncated', () => {
    const message = refusal(burn('score: (\\S+)'), `\x1b[2J${'x'.repeat(10_000)}`);
    expect(message).toMatch(/in "\[2Jx+…"$/);
    expect(message.length).toBeLessThan(300);
  });

  test('passes on the error of the matcher for a pattern that takes forever', () => {
    const gaveUp = new Failure('UnreadableOutput', 'the pattern took longer than 1 s');
    const slow: MatchPattern = () => {
      throw gaveUp;
    };
    expect(() => readPatterns(burn('(a+)+$'), 'aaaa', slow)).toThrow(gaveUp);
  });

  test('returns finite values or UnreadableOutput, for any match', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.+-eE, \n'.split('')), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 2 }), { maxLength: 2 }), (matches) => {
        try {
          const [reading] = readPatterns(burn('score'), 'score', () => matches);
          expect(Number.isFinite(reading?.value)).toBe(true);
          expect(matches).toHaveLength(1);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.kind).toBe('UnreadableOutput');
        }
      })
    );
  });
});
