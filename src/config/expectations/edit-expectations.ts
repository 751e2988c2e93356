import { isDeepStrictEqual } from 'node:util';
import { isMap } from 'yaml';
import { parseYaml } from '../../source/yaml/parse-yaml.ts';
import { keyText } from '../../source/yaml/plain-value.ts';
import { isOurs, splicesAt, writtenAs } from './write-at-place.ts';
import type { Branch, Entry, Leaf } from './yaml-entries.ts';
import { placesOf, uneditable } from './yaml-places.ts';
import type { Place } from './yaml-places.ts';
import { restOfLine, spliced } from './yaml-text.ts';
import type { Splice } from './yaml-text.ts';

/** What a metric of a class is to be held to, as it is to be written. */
export interface WantedExpectation extends Leaf {
  hardwareClass: string;
  metric: string;
}

export interface EditedExpectations {
  text: string;
  /** Written anew, or differently than before. */
  changed: Of[];
  /** Written by hand as bounds, and left as they are. */
  kept: Of[];
}

interface Of {
  hardwareClass: string;
  metric: string;
}

/**
 * Writes expectations into the text of a `fleetmark.yaml`. Every other line stays as it is, byte for byte: nothing is
 * formatted anew.
 * @param text YAML without mistakes
 * @param options `replace`: bounds that somebody wrote by hand are written anew, too
 * @throws Failure InvalidConfig if it is written in a way that cannot be edited safely: with anchors and aliases
 */
export function editExpectations(
  text: string,
  wanted: readonly WantedExpectation[],
  { replace = false } = {}
): EditedExpectations {
  const { root, value } = parseYaml(text);
  const written = writtenAs(text, root);
  const [changed, kept]: [Of[], Of[]] = [[], []];
  const splices: Splice[] = [];
  for (const place of placesOf(root, new Map([['expect', byClass(wanted)]]), text)) {
    if (!replace && isWrittenByHand(place, text)) kept.push(...expectationsAt(place));
    else {
      const found = splicesAt(place, written);
      if (found.every((each) => text.slice(each.start, each.end) === each.text)) continue;
      splices.push(...found);
      changed.push(...expectationsAt(place));
    }
  }
  const edited = spliced(text, splices);
  refuseOtherChanges(
    edited,
    withLeaves(
      value,
      wanted.filter((each) => !includes(kept, each))
    )
  );
  return { text: edited, changed, kept };
}

function byClass(wanted: readonly WantedExpectation[]): Branch {
  const classes = new Map<string, Branch>();
  for (const { hardwareClass, metric, value, comment } of wanted) {
    if ([hardwareClass, metric].includes('__proto__')) throw uneditable([hardwareClass, metric], 'is a reserved name');
    const { entries } = classes.get(hardwareClass) ?? { entries: new Map<string, Entry>() };
    classes.set(hardwareClass, { entries: entries.set(metric, { value, comment }) });
  }
  return { entries: classes };
}

/** Anything but a reference with its tolerance has somebody thought of. */
function isWrittenByHand(place: Place, text: string): boolean {
  if (place.kind !== 'value' || isOurs(restOfLine(text, place.pair))) return false;
  const { value } = place.pair;
  const measured = ['reference', 'tolerance'];
  return !isMap(value) || value.items.some((pair) => !measured.includes(keyText(pair) ?? ''));
}

/** The paths that a place is about are `expect`, a class, a metric. */
function expectationsAt(place: Place): Of[] {
  const entry = 'entry' in place ? place.entry : { entries: place.entries };
  return leavesOf(entry, place.path).map(([, hardwareClass, metric]) => {
    return { hardwareClass: hardwareClass!, metric: metric! };
  });
}

function leavesOf(entry: Entry, path: string[]): string[][] {
  if ('value' in entry) return [path];
  return [...entry.entries].flatMap(([key, each]) => leavesOf(each, [...path, key]));
}

function includes(all: readonly Of[], { hardwareClass, metric }: Of): boolean {
  return all.some((each) => each.hardwareClass === hardwareClass && each.metric === metric);
}

/** Whatever way of writing was not thought of, nobody's file is made into something else. */
function refuseOtherChanges(edited: string, expected: unknown): void {
  const { value, syntaxError, problems } = parseYaml(edited);
  const isRight = syntaxError === null && problems.length === 0;
  if (!isRight || !isDeepStrictEqual(value, expected))
    throw uneditable(['expect'], 'is written in a way that cannot be edited without changing something else');
}

function withLeaves(value: unknown, wanted: readonly WantedExpectation[]): unknown {
  const whole = (structuredClone(value) ?? {}) as Record<string, unknown>;
  for (const { hardwareClass, metric, value: leaf } of wanted) {
    const expect = (whole['expect'] ??= {}) as Record<string, Record<string, unknown> | null>;
    (expect[hardwareClass] ??= {})[metric] = leaf;
  }
  return whole;
}
