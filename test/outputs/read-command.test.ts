import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUT_MARK } from '../../src/domain/jobs/output-limit.ts';
import { outputOf, readingsOf, realReader, valuesOf } from './command-of.ts';
import { readCommand } from '../../src/outputs/read-command.ts';

const MEBIBYTE = 1024 * 1024;

/** The configuration of one metric, `score` in points. */
const score = (rest: string): string => `metrics: { score: { ${rest}, unit: points } }`;
const pattern = (text: string): string => score(`pattern: '${text}'`);

function refusal(yaml: string, stdout: string, stderr = ''): string {
  const { error } = readingsOf(yaml, stdout, stderr);
  if (error === null) throw new Error('not refused');
  expect(error.type).toBe('UnreadableOutput');
  return error.message;
}

const value = (yaml: string, stdout: string, stderr = ''): unknown =>
  valuesOf(readingsOf(yaml, stdout, stderr))['score'];

describe('a pattern', () => {
  test('finds the first group of its only match, else the whole match', () => {
    expect(value(pattern('^score: (\\S+) (points)'), 'start\nscore: 81.5 points\ndone\n')).toBe(81.5);
    expect(value(pattern('(?<=score: )\\S+'), 'score: -1.5e3\n')).toBe(-1500);
    expect(value(pattern('(\\w+): (?<value>\\S+)'), 'score: 80\n')).toBe(80);
  });

  test('that matches nothing, or more than once, is an error', () => {
    expect(refusal(pattern('score: (\\S+)'), 'core dumped')).toBe(
      'x.score: the pattern score: (\\S+) finds nothing in "core dumped"'
    );
    expect(refusal(pattern('score: (\\S+)'), '')).toContain('finds nothing in an empty text');
    expect(refusal(pattern('score: (\\S+)'), 'score: 1\nscore: 2\n')).toBe(
      'x.score: the pattern score: (\\S+) finds it 2 times, not once, in "score: 1 score: 2"'
    );
  });

  test('says in which line the number should be, and shows both ends of a long output without control characters', () => {
    expect(refusal(pattern('score: (\\S+)'), 'a\nb\nscore: n/a\n')).toBe(
      'x.score: the pattern score: (\\S+) finds "n/a" in line 3, which is not a plain number'
    );
    const message = refusal(pattern('score: (\\S+)'), `\x1b[2Jbegin${'x'.repeat(10_000)}end`);
    expect(message).toMatch(/in "beginx+… x+end"$/);
    expect(message.length).toBeLessThan(300);
  });

  test.each(['1,234.5', 'inf', 'NaN', '1e999', '1e-400', '0x10', '80%', '', '１２'])(
    'finds no number in %j',
    (number) => {
      expect(refusal(pattern('score: (.*)'), `score: ${number}\n`)).toContain('which is not a plain number');
    }
  );

  test.each(['1,234.5', '1.234,5', '12.5', '1e9', '-5', '+5', '.5', "1'234", '1\u00a0234'])(
    'does not take a part of %j for the number',
    (number) => {
      expect(refusal(pattern('score: \\D?(\\d+)'), `score: ${number} points\n`)).toContain('is longer than what');
    }
  );

  test.each(['80.', '80, and more', '80;', '80%', '80)', '80-90', '80/s'])('takes 80 of %j', (text) => {
    expect(value(pattern('score: (\\d+)'), `score: ${text}\n`)).toBe(80);
  });

  test('finds no number at the very end of an output, which may have been cut, unless the command ended well', () => {
    const output = outputOf(pattern('score: (\\d+)'));
    for (const stdout of ['score: 80', 'score: 80\n']) {
      const { readings } = readCommand(output, { stdout, stderr: '', isComplete: true }, realReader());
      expect(readings).toMatchObject([{ value: 80 }]);
    }
    expect(refusal(pattern('score: (\\d+)'), 'score: 80')).toContain('the output ends there, in the middle of a line');
    expect(value(pattern('score: (\\d+)'), 'score: 80 points')).toBe(80);
  });

  test('a group that took no part in the match is no number', () => {
    expect(refusal(pattern('score(?:: (\\d+))?'), 'score\n')).toContain('finds an empty text');
  });

  test('treats a carriage return as the end of a line', () => {
    expect(value(score("pattern: '^score: (\\d+)$', take: last"), 'score: 1\rscore: 2\rscore: 3\rdone\n')).toBe(3);
  });
});

describe('take', () => {
  const lines = 'score: 3\nscore: 1\nscore: 2\n';
  test.each([
    ['first', 3],
    ['last', 2],
    ['min', 1],
    ['max', 3],
    ['count', 3],
  ])('%s chooses from several values', (take, chosen) => {
    expect(value(score(`pattern: 'score: (\\S+)', take: ${take}`), lines)).toBe(chosen);
  });

  test('count counts what is not there as 0', () => {
    expect(value(score("pattern: 'error', take: count"), lines)).toBe(0);
  });

  test('only count makes a metric exact', () => {
    const exactOf = (take: string): unknown[] => {
      const { readings } = readingsOf(score(`pattern: 'score: (\\S+)', take: ${take}`), lines);
      return readings.map(({ exact }) => exact);
    };
    expect(exactOf('count')).toEqual([true]);
    expect(exactOf('max')).toEqual([undefined]);
  });

  test('min and max read every value', () => {
    expect(refusal(score("pattern: 'score: (\\S+)', take: max"), 'score: 3\nscore: n/a\n')).toContain(
      'not a plain number'
    );
  });

  test('last is the last one of each device', () => {
    const yaml = score("pattern: 'gpu(?<device>\\d): (?<value>\\d+)', take: last");
    expect(valuesOf(readingsOf(yaml, 'gpu0: 1\ngpu1: 2\ngpu0: 3\ngpu1: 4\n'))).toEqual({ 'score 0': 3, 'score 1': 4 });
  });
});

describe('a unit that the tool prints', () => {
  const speed = "metrics: { score: { pattern: 'speed: (?<value>\\S+) (?<unit>\\S+)', unit: MH/s } }";
  test.each([
    ['392.9 kH/s', 0.3929],
    ['16296 H/s', 0.016296],
    ['1.5 GH/s', 1500],
  ])('is converted: %s', (text, expected) => {
    expect(value(speed, `speed: ${text}\n`)).toBeCloseTo(expected, 9);
  });

  test('that cannot be converted is an error', () => {
    expect(refusal(speed, 'speed: 12 GB/s\n')).toContain(
      'finds "12 GB/s" in line 1: "GB/s" cannot be converted to MH/s'
    );
  });
});

test.each(['1e308 PH/s', '1e-320 nH/s'])(
  'a number that is out of range in the unit of its metric is an error: %s',
  (text) => {
    const speed = "metrics: { score: { pattern: 'speed: (?<value>\\S+) (?<unit>\\S+)', unit: MH/s } }";
    expect(refusal(speed, `speed: ${text}\n`)).toContain('too large or too small for a number in MH/s');
  }
);

describe('several metrics', () => {
  const two =
    "metrics: { a: { pattern: 'a=(\\d+);', unit: n }, b: { pattern: 'b=(\\d+);', unit: n }, c: { pattern: 'c=(\\d+);', unit: n } }";
  test('one that cannot be read does not take the others with it', () => {
    const { readings, error } = readingsOf(two, 'a=1; c=3;');
    expect(readings.map(({ value: each }) => each)).toEqual([1, 3]);
    expect(error!.message).toMatch(/^x\.b: the pattern b=/);
  });

  test('the first problem is told, and the number of others', () => {
    expect(refusal(two, 'c=3;')).toMatch(/^x\.a: .*; 1 more could not be read$/);
  });

  test('one that may be absent is no error', () => {
    const yaml = "metrics: { a: { pattern: 'a=(\\d+);', unit: n, absent: skip } }";
    expect(readingsOf(yaml, 'nothing')).toMatchObject({ readings: [], error: null });
    expect(refusal(yaml, 'a=1; a=2;')).toContain('2 times');
  });
});

describe('the stream', () => {
  test('is standard output, unless the configuration says otherwise', () => {
    const yaml = pattern('score: (\\d+)');
    expect(value(yaml, 'score: 1\n', 'score: 2\n')).toBe(1);
    expect(value(`read: stderr\n${yaml}`, 'score: 1\n', 'score: 2\n')).toBe(2);
    expect(value(`read: both\n${yaml}`, '', 'score: 2\n')).toBe(2);
    expect(refusal(`read: both\n${yaml}`, 'score: 1\n', 'score: 2\n')).toContain('2 times');
  });

  test('that ends in the middle of a line does not go on in the other', () => {
    expect(refusal(`read: both\n${pattern('score: (\\d+)')}`, 'score: 1', '2\n')).toContain('in the middle of a line');
  });
});

describe('signs in an output', () => {
  const signs = `require: ['^Tested \\d+']
faults: [{ pattern: 'GPU (?<device>\\d+): BAD', says: wrong results }, { pattern: DIED, says: it died, verdict: error }]
${score("pattern: 'score: (\\d+)', absent: skip")}`;
  test('a fault is told once for each device, with the line of the tool', () => {
    expect(readingsOf(signs, 'Tested 2\n GPU 3: BAD\r\n GPU 3: BAD\nGPU 1: BAD \n').faults).toEqual([
      { says: 'wrong results', device: 3, text: 'GPU 3: BAD' },
      { says: 'wrong results', device: 1, text: 'GPU 1: BAD' },
    ]);
  });

  test('what is required and not there is an error, and so is a sign that nothing was measured', () => {
    expect(refusal(signs, 'score: 1\n')).toBe('what "require" names (^Tested \\d+) is not in "score: 1"');
    expect(readingsOf(signs, 'Tested 1\nDIED!\n').error).toEqual({
      type: 'BenchmarkCrashed',
      message: 'it died: "DIED!"',
    });
  });
});

describe('faults in JSON', () => {
  const failed = `faults: [{ json: '$..results[?@.status == "FAIL"]', device: gpu_ids, says: failed }]\n${score('json: $.n')}`;

  test('name the devices of their object', () => {
    const results = [
      { gpu_ids: '0,3', status: 'FAIL' },
      { gpu_ids: 5, status: 'FAIL' },
      { gpu_ids: '1', status: 'PASS' },
    ];
    const { faults, readings } = readingsOf(failed, `WARNING\n${JSON.stringify({ n: 1, results })}\n`);
    expect(faults.map(({ device }) => device)).toEqual([0, 3, 5]);
    expect(faults[2]).toEqual({ says: 'failed', device: 5, text: '{"gpu_ids":5,"status":"FAIL"}' });
    expect(readings).toMatchObject([{ value: 1 }]);
  });

  test('that cannot be looked for are an error', () => {
    expect(refusal(failed, '{"n": 1, "results": [')).toMatch(/^faults\[0\]: the JSON in line 1 is not complete/);
    expect(refusal(failed, 'no JSON\n')).toContain('no JSON object or array is in');
  });
});

describe('documents', () => {
  test('JSON may come after other text', () => {
    expect(value(score('json: $.a'), '[warning] x\n{ not json\n{"a": 80}\n')).toBe(80);
    expect(refusal(score('json: $.a'), '{"a": 80')).toContain('the JSON in line 1 is not complete');
    expect(refusal(score('json: $.a'), '{"a": 80}\nnot JSON\n')).toContain('or something follows it: ');
    expect(refusal(score('json: $.a'), '{"a": 80}\n{"a": 81}\n')).toContain('or something follows it: ');
    expect(refusal(score('json: $.a'), '[12:00:01] ready\n')).toContain('no JSON object or array is in');
    expect(value(score('json: $.a'), `${'[12:00:01] ready\n'.repeat(500)}{"a": 80}`)).toBe(80);
  });

  test.each([
    ['{"a": "80.5"}', 80.5],
    ['{"a": 1e3}', 1000],
  ])('a number may be a text: %s', (json, expected) => {
    expect(value(score('json: $.a'), json)).toBe(expected);
  });

  test.each(['{"a": true}', '{"a": [1]}', '{"a": "80 points"}', '{"a": null}'])('no number is in %s', (json) => {
    expect(refusal(score('json: $.a'), json)).toContain('not a plain number');
  });

  test.each(['1e-400', '-1E-400', `0.${'0'.repeat(400)}1`, '1e400'])(
    'a number that is too large or too small is not read: %s',
    (number) => {
      const refused = 'which is not a plain number';
      expect(refusal(score('json: $.a'), `{"b": "\\"1e-400", "a": ${number}}`)).toContain(refused);
      expect(refusal(score('yaml: $.a'), `a: ${number}\n`)).toContain(refused);
      expect(value(score('json: $.b'), `{"a": ${number}, "b": 80}`)).toBe(80);
    }
  );

  test('a filter sees a number that is too small, and texts with many escapes are read', () => {
    const below = '[?@.rate<10]';
    const count = (format: string): string => score(`${format}: '$.gpus${below}.rate', take: count`);
    for (const number of ['1e-400', '-1e-400', '5']) {
      expect(value(count('json'), `{"gpus": [{"rate": ${number}}]}`)).toBe(1);
      expect(value(count('yaml'), `gpus:\n  - rate: ${number}\n`)).toBe(1);
    }
    const escapes = '\\n'.repeat(200_000);
    expect(value(score('json: $.a'), `{"b": "${escapes}", "c": 1e-400, "a": 80}`)).toBe(80);
  });

  test('zero is a number, however it is written', () => {
    for (const zero of ['0', '0.0', '0e-400', '-0']) {
      expect(value(score('json: $.a'), `{"a": ${zero}}`)).toBeCloseTo(0);
      expect(value(score('yaml: $.a'), `a: ${zero}\n`)).toBeCloseTo(0);
    }
  });

  test('the place in the document is told', () => {
    expect(refusal(score("json: '$.a[*].b'"), '{"a": [{"b": "x"}]}')).toContain('finds "x" at $.a.0.b, which is not');
  });

  test.each([
    [
      '$.gpus[?@.ok].v',
      {
        gpus: [{ v: 1 }, { ok: true, v: 2 }, { ok: true, v: 3 }],
      },
      { 1: 2, 2: 3 },
    ],
    ['$.gpus[?@.ok].v', { gpus: [{ v: 1 }, { ok: true, v: 2 }] }, { 1: 2 }],
    ['$.gpus[1:].v', { gpus: [{ v: 1 }, { v: 2 }] }, { 1: 2 }],
    ['$.tests[?@.n == "b"].rows[0][*]', { tests: [{ n: 'a' }, { n: 'b', rows: [[7]] }] }, { 0: 7 }],
    ['$.gpus[*].t[?@.n == "b"].v', { gpus: [{ t: [{ n: 'a' }, { n: 'b', v: 7 }] }] }, { 0: 7 }],
    [
      '$.gpus[*].t[?@.n == "b"].v',
      { gpus: [{ t: [{ n: 'a' }, { n: 'b', v: 7 }] }, { t: [{ n: 'b', v: 8 }] }] },
      { 0: 7, 1: 8 },
    ],
    ['$.gpus.*', { gpus: { a: 7, b: 8 } }, { 0: 7, 1: 8 }],
    ['$..v', [{ v: 7 }, { v: 8 }], { 0: 7, 1: 8 }],
    ['$.nodes[1].gpus[*]', { nodes: [{ gpus: [1, 2] }, { gpus: [3] }] }, { 0: 3 }],
  ])('the index in %s is the place in its list', (path, document, expected) => {
    const found = readingsOf(score(`json: '${path}', device: index`), JSON.stringify(document));
    expect(Object.fromEntries(found.readings.map(({ device, value: each }) => [device, each]))).toEqual(expected);
  });

  test('two values at one place of the list of devices are an error', () => {
    const document = {
      gpus: [
        {
          t: [
            { ok: true, v: 7 },
            { ok: true, v: 8 },
          ],
        },
      ],
    };
    const yaml = score("json: '$.gpus[*].t[?@.ok].v', device: index");
    expect(refusal(yaml, JSON.stringify(document))).toContain('finds it 2 times, not once');
  });

  test('YAML that may have been cut is an error, and so are several documents', () => {
    expect(value(score('yaml: $.a'), 'a: 80\n')).toBe(80);
    expect(refusal(score('yaml: $.a'), 'a: 80')).toContain('ends in the middle of a line');
    expect(refusal(score('yaml: $.a'), 'a: 80\n---\na: 81\n')).toContain('2 documents');
    expect(refusal(score('yaml: $.a'), 'a: 80\na: 81\n')).toContain('no YAML document');
  });

  test('a result file is read in its place', () => {
    const files = '80\n\n@@ fleetmark file out/r.json @@\n{"a": 81}\n\n@@ fleetmark files end @@\n';
    const yaml = `metrics: { score: { json: $.a, file: out/r.json, unit: n }, printed: { pattern: '^\\d+', unit: n } }`;
    expect(valuesOf(readingsOf(yaml, files))).toEqual({ score: 81, printed: 80 });
    expect(refusal(yaml, '80\n')).toContain('the command wrote no file out/r.json');
  });
});

describe('a table', () => {
  const table = 'Title\n      a    b\n r1   1    2\n r2   3  N/A\n\nSUM 6\n';
  const of = (rest: string): string => score(`table: { title: '^Title' }, ${rest}`);
  test('has a value for each row and column', () => {
    const readings = readingsOf(of('device: [row, column], absent: skip'), table);
    const nameOf = (device: number | null) => readings.devices.find((each) => each.device === device)?.name;
    expect(readings.readings.map(({ device, value: each }) => [nameOf(device), each])).toEqual([
      ['r1 > a', 1],
      ['r1 > b', 2],
      ['r2 > a', 3],
    ]);
    expect(readings.devices).toHaveLength(3);
  });

  test('is read by the names of its header', () => {
    expect(value(score("table: { header: '^ +a +b', row: r1, column: b }"), table)).toBe(2);
    expect(refusal(score("table: { title: '^Title', row: r1, column: c }"), table)).toContain(
      'the column c is not there; there are a, b'
    );
    expect(refusal(score("table: { title: '^Title', row: r3, column: a }"), table)).toContain(
      'the row r3 is not there; there are r1, r2'
    );
    expect(refusal(score('table: { title: Title, row: r1, column: a }'), table + table)).toContain('is there 2 times');
  });

  test('is told from one with the same title by the lines before it', () => {
    const two = `Test one\n${table}\r\nTest two\r\n${table.replace('1    2', '5    6')}`;
    expect(value(score("table: { title: 'Test two\\s+Title\\s+', row: r1, column: b }"), two)).toBe(6);
    expect(value(score("table: { title: 'Test one\\n.*', row: r1, column: b }"), two)).toBe(2);
  });

  test('that no empty line ends for 256 KiB is refused, so that its cells do not fill the memory', () => {
    const long = `Title\n      a    b\n${' r1   1    2\n'.repeat(MEBIBYTE)}`;
    expect(refusal(of('take: max'), long)).toMatch(
      /^x\.score: no empty line ends the table within 256 KiB in "Title a/
    );
    expect(value(of('take: max'), `${long.slice(0, 100_000).replace(/.*$/, '')}\n`)).toBe(2);
  });

  test('whose last row may have been cut is an error', () => {
    expect(refusal(score('table: { title: Title, row: r1, column: b }'), 'Title\n    a b\nr1 1 2')).toContain(
      'in the middle of a line'
    );
  });
});

describe('a long output of which the middle was not kept', () => {
  const cut = `\n${CUT_MARK}\n`;
  const many = (rest: string): string => score(`pattern: 'n=(\\d+);', ${rest}`);
  const kept = `n=1; n=2; half${cut}half\nn=3; n=4;\n`.replace('half', '\nhalf');

  test('has its first value in the head and its last in the tail', () => {
    expect(value(many('take: first'), kept)).toBe(1);
    expect(value(many('take: last'), kept)).toBe(4);
    expect(refusal(many('take: last, absent: skip'), `n=1;\n${cut}x\nend\n`)).toContain('was not kept');
  });

  test.each(['once', 'min', 'max', 'count'])('has no %s, unless the part is named', (take) => {
    expect(refusal(many(`take: ${take}`), kept)).toContain('the middle of the output was not kept: raise "keep"');
    expect(value(many(`take: ${take}, part: tail`), `x\n${cut}x\nn=4;\n`)).toBe(take === 'count' ? 1 : 4);
  });

  test('has no document, table or file across the cut', () => {
    expect(refusal(score('yaml: $.a'), `a: 1\n${cut}xx\na: 2\n`)).toContain('was not kept');
    expect(refusal(score('json: $.a'), `{"a":\n${cut}xx\n{"a": 2}`)).toContain('was not kept');
    const file = "metrics: { score: { file: r.txt, pattern: 's=(\\d+)', unit: n, absent: skip } }";
    expect(refusal(file, `x${cut}x\n@@ fleetmark files end @@\n`)).toContain('was not kept');
    expect(refusal(file, `\n@@ fleetmark file r.txt @@\ns=12${cut}34\n\n@@ fleetmark files end @@\n`)).toContain(
      'was not kept'
    );
  });

  test('is not slow with a very long line', () => {
    expect(refusal(many('take: first'), `${'x'.repeat(MEBIBYTE)}${cut}x\n`)).toContain('finds nothing');
  });
});

describe('numbers of another form', () => {
  test.each([
    '0x10',
    '1_000',
    '1\u2019000',
    '1\u2009000',
    '1.e5',
    '1.5D+03',
    '1.5\u00d710^3',
    '1\u066b5',
    '"-5"',
    '|-5',
    '>-5<',
  ])('are not taken in part: %s', (text) => {
    expect(refusal(pattern('score\\D*?([\\d.]+)'), `score: ${text} \n`)).toMatch(
      /longer than|not a plain number|not in the pattern/
    );
  });

  test('in a list are whole, too, and so is the list', () => {
    const list = (group: string): string => score(`pattern: 's: ${group}', split: ' ', each: '\\d+', device: index`);
    expect(refusal(list('(?<list>.*)'), 's: 100 200 30')).toMatch(/in part \d of its list, but the output ends there/);
    expect(refusal(list('(?<list>[\\d ]+)'), 's: 100 200 3,400\n')).toContain('is longer than what');
    expect(valuesOf(readingsOf(list('(?<list>.*)'), 's: 1 2\n'))).toEqual({ 'score 0': 1, 'score 1': 2 });
  });

  test('without the unit that should be beside them are refused', () => {
    const speed = "metrics: { score: { pattern: '(?<value>\\d+) (?<unit>[kM]?H/s)?', unit: MH/s } }";
    expect(refusal(speed, '16296 \n')).toContain('but its unit is not there');
  });
});

describe('devices', () => {
  test('of the same number are one, however it is written', () => {
    const yaml = score("pattern: 'GPU (?<device>\\d+): (?<value>\\d+)', take: last");
    expect(valuesOf(readingsOf(yaml, 'GPU 0: 100\nGPU 00: 50\n'))).toEqual({ 'score 0': 50 });
  });

  test('have their last value, not the last number before it', () => {
    const yaml = score("pattern: 'GPU (?<device>\\d+): (?<value>\\S+)', take: last, absent: skip");
    expect(valuesOf(readingsOf(yaml, 'GPU 0: 100\nGPU 1: 100\nGPU 0: 90\nGPU 1: N/A\n'))).toEqual({ 'score 0': 90 });
  });

  test('are counted each for itself', () => {
    const yaml = score("pattern: 'GPU (?<device>\\d+): ERR', take: count");
    expect(valuesOf(readingsOf(yaml, 'GPU 3: ERR\nGPU 3: ERR\nGPU 5: ERR\n'))).toEqual({ 'score 3': 2, 'score 5': 1 });
    expect(valuesOf(readingsOf(yaml, ''))).toEqual({ score: 0 });
  });

  test('are limited, and so are the parts of a list', () => {
    expect(refusal(score("json: '$[*]', device: index"), JSON.stringify(Array(2000).fill(1)))).toContain(
      'more than 1024'
    );
    expect(value(score("json: '$[*]', take: max"), JSON.stringify(Array(20_000).fill(1)))).toBe(1);
  });
});

describe('rows that do not fit', () => {
  const table = (rest: string): string => score(`table: { header: '^ *read|^name' ${rest} }, device: [row, column]`);
  test.each([
    '      read write total\ngpu0  10 20 30\ngpu1  15         30\n',
    '      read write total\ngpu0 10 30\n',
    'name read write\ncpu 10 20\ndisk 1 10 20\n',
    'name speed temp\n0 100 50\n2 ERR! timed out after 3 s\n3 100 50\n',
  ])('are an error: %j', (text) => {
    expect(refusal(table(''), text)).toMatch(/the line ".*" has \d cells, not \d: it is no row of the table/);
  });

  test('may be preceded by a ruler, and by progress', () => {
    expect(
      value(score("table: { header: '^ +a +b', row: r, column: b }"), '10 %\r     a   b\n   --- ---\n r   1   2\n\n')
    ).toBe(2);
  });
});

test('what says that nothing was measured leaves no number to judge', () => {
  const yaml = `faults: [{ pattern: 'license expired', says: demo mode, verdict: error }]\n${pattern('score: (\\d+)')}`;
  const { readings, error } = readingsOf(yaml, 'score: 5 \n', 'license expired\n');
  expect({ readings, error }).toEqual({
    readings: [],
    error: { type: 'BenchmarkCrashed', message: 'demo mode: "license expired"' },
  });
});

test('any text of numbers and signs is read as a finite number or refused', () => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789.+-eE, \n'.split('')), maxLength: 12 });
  const output = outputOf(pattern('score: (.*)'));
  fc.assert(
    fc.property(text, (written) => {
      const { readings, error } = readCommand(output, { stdout: `score: ${written}\n`, stderr: '' }, realReader());
      expect(readings.every(({ value: each }) => Number.isFinite(each))).toBe(true);
      expect(readings.length).toBe(error === null ? 1 : 0);
    })
  );
});

describe('what follows a number', () => {
  const digits = pattern('score: (\\d+)');
  test.each(['12k', '5K', '10ff', '1:30', '12GB', '80e', '1\uff12', '1\u0661', '1\u0000', '1\u200b2', '1\ufffd'])(
    'is not left away: %j',
    (text) => {
      expect(refusal(digits, `score: ${text}\n`)).toMatch(/what follows it is not in the pattern|longer than/);
    }
  );

  test.each(['\u20135', '\uff0d5', '\u22125', '\u06f15'])('nor is what comes before it: %j', (text) => {
    expect(refusal(pattern('score: \\D?(\\d+)'), `score: ${text} \n`)).toContain('longer than');
  });

  test('may be the unit of the metric, or in the pattern', () => {
    const inMs = "metrics: { score: { pattern: 'score: (\\d+)', unit: ms } }";
    expect(value(inMs, 'score: 12ms\n')).toBe(12);
    expect(refusal(inMs, 'score: 12msec\n')).toContain('what follows it is not in the pattern: "msec"');
    expect(value(pattern('score: (\\d+)ff'), 'score: 10ff\n')).toBe(10);
    expect(value(pattern('at (\\d+):30'), 'at 1:30\n')).toBe(1);
  });
});

test('colours and a byte order mark are no part of an output', () => {
  expect(value(pattern('triad\\D+(\\d+)'), 'triad: \x1b[32m55\x1b[0m \n')).toBe(55);
  expect(value(score('json: $.a'), '\ufeff{"a": 5}\n')).toBe(5);
});

test('a number without a group in its pattern is asked for', () => {
  expect(refusal(pattern('^Triad: +\\S+'), 'Triad: 363208.7\n')).toContain(
    'which is not a plain number: put ( ) around the number in the pattern'
  );
});

describe('a JSONPath that finds nothing', () => {
  const json = '{"jobs": [{"read": {"iops": 5, "bw": 6}}]}\n';
  test.each([
    ['$.jobs[0].read.iop', '; $.jobs[0].read has iops, bw'],
    ['$.job[0].read.iops', '; $ has jobs'],
    ['$.jobs[?@.name == "x"].read.iops', ''],
  ])('says what is there: %s', (path, hint) => {
    expect(refusal(score(`json: '${path}'`), json)).toBe(
      `x.score: the JSONPath ${path} finds nothing in ${JSON.stringify(json.trim()).replaceAll('\\"', '"')}${hint}`
    );
  });
});

describe('faults', () => {
  const bad = (more = ''): string => `faults: [{ pattern: 'GPU (?<device>\\d+): BAD', says: wrong }]${more}`;
  const faultsOf = (yaml: string, stdout: string): unknown =>
    readingsOf(yaml, stdout).faults.map(({ says, device }) => [says, device]);

  test('are found however many there are', () => {
    expect(faultsOf(bad(), 'GPU 3: BAD\n'.repeat(20_001))).toEqual([['wrong', 3]]);
  });

  test('count even if what is required cannot be looked for', () => {
    const readings = readingsOf(bad("\nrequire: ['(a|aa)+$']"), `GPU 0: BAD\n${'a'.repeat(100)}!\n`);
    expect(readings.faults).toHaveLength(1);
    expect(readings.error!.message).toContain('require: the pattern (a|aa)+$ could not be matched: it takes too long');
  });

  test('of JSON count however small their number is', () => {
    const json = 'faults: [{ json: $.error, says: wrong }]';
    expect(faultsOf(json, '{"error": 1e-400}')).toEqual([['wrong', null]]);
    for (const none of ['0', '0e-400', '"0.0"']) expect(faultsOf(json, `{"error": ${none}}`)).toEqual([]);
  });

  test('count even if their device cannot be told', () => {
    expect(faultsOf(bad('\nfirstGpu: 1'), 'GPU 0: BAD\nGPU 3: BAD\n')).toEqual([
      ['wrong', null],
      ['wrong', 2],
    ]);
  });

  test.each(['0', '""', '"0"', 'null', 'false', '[]', '{}'])('are none if JSON says %s', (nothing) => {
    const yaml = 'faults: [{ json: $.errors, says: errors }]';
    expect(faultsOf(yaml, `{"errors": ${nothing}}\n`)).toEqual([]);
    expect(faultsOf(yaml, '{"errors": 5}\n')).toEqual([['errors', null]]);
  });

  test('are found in the stream that has the document', () => {
    const yaml = 'faults: [{ json: $.bad, says: bad }]';
    expect(readingsOf(yaml, 'progress [====]\n', '{"bad": 1}\n').faults).toHaveLength(1);
    expect(readingsOf(yaml, '{}\n', '{"bad": 1}\n').faults).toHaveLength(1);
  });

  test('in a document that is nested deeply are found, or are an error', () => {
    const deep = (depth: number): string =>
      `${'{"results": ['.repeat(depth)}${'{"status": "FAIL"}'}${']}'.repeat(depth)}\n`;
    const yaml = 'faults: [{ json: \'$..results[?@.status == "FAIL"]\', says: bad }]';
    const { faults, error } = readingsOf(yaml, deep(6_000));
    expect(error?.message ?? faults[0]?.says).toMatch(/nested too deeply|takes too long|bad/);
    const array = `{"error": ${'['.repeat(6_000)}${']'.repeat(6_000)}}\n`;
    expect(readingsOf('faults: [{ json: $.error, says: bad }]', array)).toMatchObject({ readings: [] });
  });
});

test('an output with many slow patterns has one time limit', () => {
  const slow = Array.from({ length: 40 }, (_, index) => `m${index}: { pattern: '(a|aa)+${index}$', unit: n }`).join(
    ', '
  );
  const { error } = readingsOf(`metrics: { ${slow} }`, `${'a'.repeat(60)}!\n`);
  expect(error!.message).toMatch(/takes too long; 39 more could not be read/);
});

describe('both streams', () => {
  test('need only one document', () => {
    expect(value(`read: both\n${score('json: $.a')}`, '{"a": 5}\n', 'warning: x\n')).toBe(5);
  });
});

describe('a table with gaps', () => {
  const table = 'name   speed  temp  power\ng0       100    55    300\n';
  const speed = score("table: { header: '^name', row: g0, column: speed }");
  test('has no value where a cell is empty', () => {
    expect(value(speed, `${table}\n`)).toBe(100);
    expect(refusal(speed, 'name   speed  temp  power\ng0            55 C    300\n\n')).toMatch(
      /has 3 cells, not 4|under another column/
    );
    expect(refusal(speed, 'name   speed  temp  power\ng0            55  61    300\n\n')).toContain(
      'has "55" under another column than "speed": a cell may be empty'
    );
  });

  test('may have blanks in its names', () => {
    const stream =
      'Function    Best Rate MB/s  Avg time     Min time     Max time\n' +
      'Copy:           32082.9     0.005032     0.004987     0.005127\n' +
      'Triad:          23909.1     0.010075     0.010038     0.010135\n\n';
    const best = score("table: { header: '^Function', row: 'Triad:', column: Best Rate MB/s }");
    expect(value(best, stream)).toBe(23909.1);
  });
});

test('a file whose head was cut off is not read as output', () => {
  const yaml = `metrics: { score: { pattern: 'score: (\\d+)', take: last, unit: n }, f: { pattern: 'f: (\\d+)', file: r.txt, unit: n } }`;
  const { readings, error } = readingsOf(yaml, `\n${CUT_MARK}\nxxx\nscore: 9 \nf: 5 \n\n@@ fleetmark files end @@\n`);
  expect(readings).toEqual([]);
  expect(error!.message).toContain('x.score');
});

test('YAML of any version is read as YAML 1.2, and a key is a text', () => {
  const yaml = score('yaml: $.a');
  expect(refusal(yaml, '%YAML 1.1\n---\na: 1:30\n')).toContain('which is not a plain number');
  expect(refusal(yaml, '%YAML 1.1\n---\na: 1_000\n')).toContain('which is not a plain number');
  expect(refusal(yaml, '1: 5\n"1": 6\na: 7\n')).toContain('Map keys must be unique');
});
