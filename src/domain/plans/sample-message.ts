import { isShape, isText } from '../values/json-value.ts';

/** The signal to the workflow of a server that a sample of it is being measured. */
export const SAMPLE_SIGNAL = 'sample';

export interface SampleMessage {
  benchmark: string;
  /** `2 of 3` */
  sample: string;
}

/** @param sample - from 1 to `of` */
export function sampleMessage(benchmark: string, sample: number, of: number): SampleMessage {
  return { benchmark, sample: sampleText(sample, of) };
}

/** Of a benchmark that is measured once: its name says all. */
export function isOnlySample({ sample }: SampleMessage): boolean {
  return sample === sampleText(1, 1);
}

function sampleText(sample: number, of: number): string {
  return `${sample} of ${of}`;
}

/** Any client can send signals, so their content is checked. */
export const isSampleMessage = isShape<SampleMessage>({ benchmark: isText, sample: isText });
