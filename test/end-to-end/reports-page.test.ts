import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { csvColumns } from '../../src/reports/exports/csv.ts';
import { reportFormats } from '../../src/reports/exports/formats.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { junitProblems } from '../support/xmllint.ts';
import { environmentIn, type Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { pageAt } from './page.ts';
import { type as typeInto } from './shell.ts';

const page = pageAt('docs/reports.md');

describe('docs/reports.md', () => {
  test('lists every format and every column', () => {
    const options = [...page.text.matchAll(/^\| `--export-(\w+)`/gm)].map(([, name]) => name);
    expect(options.sort()).toEqual(reportFormats.map(({ name }) => name).sort());
    const table = page.text.split('| column')[1]!.split('\n\n')[0]!;
    const columns = [...table.matchAll(/^\| (`[^|]*`)/gm)].flatMap(([, cell]) => cell!.match(/\w+/g)!);
    expect(columns).toEqual([...csvColumns]);
  });
});

describe.skipIf(skipsWithout())('the commands of docs/reports.md', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(2);
    const benchmarks = { cpu: scoreCommand('set -- $SSH_CONNECTION; echo "score: $((${3##*.} * 10))"') };
    fleet.configure({ benchmarks, expect: { 'cpu.score': { min: 20 } } });
  });
  afterAll(async () => fleet?.stop());
  const files = ['report.html', 'report.csv', 'report.xml', 'ready.xml', 'annotations.txt', 'summary.md'];
  beforeEach(() => files.forEach((name) => rmSync(fleet.file(name), { force: true })));

  const run = (command: string): Promise<Ended> => {
    const ofCi = { GITHUB_STEP_SUMMARY: fleet.file('summary.md'), GITHUB_WORKFLOW: 'fleet', GITHUB_RUN_NUMBER: '7' };
    return typeInto(command, fleet.folder, { ...environmentIn(fleet.folder), ...ofCi }).ended;
  };
  const textOf = (name: string): string => readFileSync(fleet.file(name), 'utf8');

  async function expectReports(command: string, exitCode: number): Promise<void> {
    const ended = await run(command);
    expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({ exitCode, stderr: expect.any(String) });
    const written = [...command.matchAll(/--export-\w+ ([\w.]+)/g)].map(([, name]) => name!);
    for (const name of written) {
      if (name.endsWith('.html')) expect(textOf(name)).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
      if (name.endsWith('.xml')) expect(await junitProblems(textOf(name))).toEqual([]);
      if (name.endsWith('.csv')) expect(textOf(name)).toMatch(/^run,[^]*,web-1,[^]*,web-2,/);
    }
  }

  const isChecked = (command: string): boolean => command.includes('check');

  test.each(page.commands)('%s', async (command) => {
    await expectReports(command, isChecked(command) ? 0 : 1);
  });

  test('GitHub Actions: the run of the workflow writes a summary, annotations and all files of its artifact', async () => {
    const workflow = parse(page.blocksOf('yaml')[0]!) as {
      jobs: { fleet: { steps: { run?: string; if?: string }[] } };
    };
    const [measure, annotate] = workflow.jobs.fleet.steps.flatMap((step) => step.run ?? []);
    await expectReports(measure!, 1);
    expect(textOf('summary.md')).toMatch(/^\*\*2 servers\*\*: 1 pass, 1 fail[^]*\n\| web-1 \| fail \|/);
    expect(textOf('report.html')).toContain('fleet 7');
    expect((await run(annotate!)).stdout).toBe('::error title=web-1 fail::cpu.score 10 of >= 20 points (50 %25)\n');
  });

  test('GitLab: the script writes the artifacts', async () => {
    const { fleet: job } = parse(page.blocksOf('yaml')[1]!) as {
      fleet: { script: string[]; artifacts: { paths: string[]; reports: { junit: string } } };
    };
    await expectReports(job.script.join('\n'), 1);
    for (const name of [...job.artifacts.paths, job.artifacts.reports.junit])
      expect(existsSync(fleet.file(name))).toBe(true);
  });

  test('Jenkins: the shell step writes what the pipeline archives', async () => {
    const [pipeline] = page.blocksOf('groovy');
    const [, command] = /sh '([^']+)'/.exec(pipeline!)!;
    await expectReports(command!, 1);
    const archived = [...pipeline!.matchAll(/(?:junit|archiveArtifacts) '([^']+)'/g)].map(([, name]) => name!);
    expect(archived.map((name) => existsSync(fleet.file(name)))).toEqual([true, true]);
  });
});
