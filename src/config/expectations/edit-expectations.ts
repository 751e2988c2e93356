import { isDeepStrictEqual } from 'node:util';
import { isMap } from 'yaml';
import { parseYaml } from '../../source/yaml/parse-yaml.ts';
import { keyText } from '../../source/yaml/plain-value.ts';
import { editsFor, hasOurComment, uneditable, type Edit } from './yaml-edits.ts';
import { spliced, type Entries, type Entry, type Leaf } from './yaml-text.ts';

interface MetricOfClass {
  hardwareClass: string;
  metric: string;
}

export interface WantedExpectation extends MetricOfClass, Leaf {}

export interface EditedExpectations {
  text: string;
  /** Added or changed. */
  changed: MetricOfClass[];
  /** Hand-written bounds, which were left alone. */
  kept: MetricOfClass[];
}

/**
 * Writes expectations into the text of a `fleetmark.yaml`. Every other line stays as it is, byte for byte.
 * @param text valid YAML
 * @param options `replace`: also overwrite hand-written min, max and within
 * @throws Failure InvalidConfig if the text cannot be edited safely, for example because of anchors and aliases
 */
export function editExpectations(
  text: string,
  wanted: readonly WantedExpectation[],
  { replace = false } = {}
): EditedExpectations {
  const { root, value } = parseYaml(text);
  const edits = editsFor(text, root, new Map([['expect', byClass(wanted)]]));
  const kept = replace ? [] : edits.filter((edit) => isHandWritten(edit, text));
  const isChange = ({ splices }: Edit): boolean =>
    splices.some((each) => text.slice(each.start, each.end) !== each.text);
  const changed = edits.filter((edit) => !kept.includes(edit) && isChange(edit));
  const edited = spliced(
    text,
    changed.flatMap(({ splices }) => splices)
  );
  const keptMetrics = kept.flatMap(metricsOf);
  const keptNames = keptMetrics.map(nameOf);
  const written = wanted.filter((each) => !keptNames.includes(nameOf(each)));
  refuseOtherChanges(edited, withExpectations(value, written));
  return { text: edited, changed: changed.flatMap(metricsOf), kept: keptMetrics };
}

function byClass(wanted: readonly WantedExpectation[]): Entries {
  const classes = new Map<string, Entries>();
  for (const { hardwareClass, metric, value, comment } of wanted) {
    if ([hardwareClass, metric].includes('__proto__')) throw uneditable([hardwareClass, metric], 'is a reserved name');
    const metrics = classes.get(hardwareClass) ?? new Map<string, Entry>();
    classes.set(hardwareClass, metrics.set(metric, { value, comment }));
  }
  return classes;
}

/** Anything but a reference with its tolerance, and not written by us. */
function isHandWritten({ replaced }: Edit, text: string): boolean {
  if (replaced === null || hasOurComment(text, replaced)) return false;
  const { value } = replaced;
  return !isMap(value) || value.items.some((pair) => !['reference', 'tolerance'].includes(keyText(pair) ?? ''));
}

/** A full path is `expect`, a class, a metric. */
function metricsOf({ path, entry }: Pick<Edit, 'path' | 'entry'>): MetricOfClass[] {
  if (entry instanceof Map)
    return [...entry].flatMap(([key, each]) => metricsOf({ path: [...path, key], entry: each }));
  return [{ hardwareClass: path[1]!, metric: path[2]! }];
}

const nameOf = ({ hardwareClass, metric }: MetricOfClass): string => JSON.stringify([hardwareClass, metric]);

/** Parses the result again, and refuses it if any other value has changed. */
function refuseOtherChanges(edited: string, expected: unknown): void {
  const { value, syntaxError, problems } = parseYaml(edited);
  if (syntaxError === null && problems.length === 0 && isDeepStrictEqual(value, expected)) return;
  throw uneditable(['expect'], 'is written in a way that cannot be edited without changing something else');
}

function withExpectations(value: unknown, wanted: readonly WantedExpectation[]): unknown {
  const whole = (structuredClone(value) ?? {}) as Record<string, unknown>;
  for (const { hardwareClass, metric, value: leaf } of wanted) {
    const expect = (whole['expect'] ??= {}) as Record<string, Record<string, unknown> | null>;
    (expect[hardwareClass] ??= {})[metric] = leaf;
  }
  return whole;
}
