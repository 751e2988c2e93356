import { locateProblem } from './locate-problem.ts';
import type { YamlText } from './parse-yaml.ts';
import { MAX_PLACED_PROBLEMS, problemText } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { follows } from '../usable-part.ts';

/**
 * Problems as lines, `fleetmark.yaml:7:5: ...`, in the order of the text; of very many only the first, and how many more.
 * @param file null: there is none
 * @param further of which that is left out which only follows from the other problems
 */
export function placedLines(
  file: string | null,
  yaml: YamlText,
  problems: readonly Problem[],
  further: readonly Problem[]
): { lines: string[]; more: number } {
  const first = problems.slice(0, MAX_PLACED_PROBLEMS);
  const second = further.slice(0, MAX_PLACED_PROBLEMS).filter((problem) => !follows(problem, first));
  const more = [problems, further].reduce((sum, { length }) => sum + Math.max(length - MAX_PLACED_PROBLEMS, 0), 0);
  const lines = [...first, ...second]
    .map((problem) => ({ problem, ...locateProblem(yaml, problem) }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ problem, line, column }) => {
      const place = file === null ? 'fleetmark.yaml (there is none)' : `${file}:${line}:${column}`;
      return `${place}: ${problemText(problem)}`;
    });
  return { lines, more };
}
