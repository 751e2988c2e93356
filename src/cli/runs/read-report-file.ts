import { pipeHint } from '../../source/file-errors.ts';
import { lookedIn, readStreamBytes, readTextFile } from '../../source/text-file.ts';
import { readReport, type MeasuredRun } from '../../domain/reports/read-report.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';

const MAX_REPORT_BYTES = 10 * 1024 * 1024;

/** Reads a report that `run --json` wrote. @param file `-`: standard input @throws Refusal */
export async function readReportFile(file: string, stdin: Terminal['stdin']): Promise<MeasuredRun> {
  const shown = file === '-' ? 'standard input' : printable(file, 300);
  const read = file === '-' ? await readAll(stdin) : await readTextFile(file);
  if ('unreadable' in read) {
    const where = 'missing' in read && read.missing ? lookedIn(file) : '';
    throw new Refusal(`${shown} ${read.unreadable}${where}${pipeHint(read.unreadable)}`);
  }
  const report = readReport(parse(read.text));
  if (report !== null) return report;
  throw new Refusal(`${shown} is not the report of a run: write one with ${ownCommand('run', '--json')} > report.json`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readAll(stdin: Terminal['stdin']): Promise<{ text: string } | { unreadable: string }> {
  if (stdin.isTTY)
    return {
      unreadable: `is a terminal, not a report: ${ownCommand('run', '--json')} | ${ownCommand('baseline', '--from', '-')}`,
    };
  const read = await readStreamBytes(stdin, MAX_REPORT_BYTES);
  return 'bytes' in read ? { text: read.bytes.toString('utf8') } : read;
}
