import { isShape, isText } from '../values/json-value.ts';

/** The signal to the workflow of a server that a sample of it is being measured. */
export const SAMPLE_SIGNAL = 'sample';

export interface SampleMessage {
  benchmark: string;
  /** `2 of 3` */
  sample: string;
}

/** Of a benchmark that is measured once: its name says all. */
export const ONLY_SAMPLE = '1 of 1';

/** Any client can send signals, so their content is checked. */
export const isSampleMessage = isShape<SampleMessage>({ benchmark: isText, sample: isText });
