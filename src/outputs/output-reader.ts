import type { DeviceNumbers } from './device-numbers.ts';
import type { ReadDocument } from './document.ts';
import type { MatchPattern } from './match-pattern.ts';

/** What reading an output needs. */
export interface OutputReader {
  match: MatchPattern;
  /** Runs work on an untrusted text of that length with a time limit. @throws Failure UnreadableOutput after it */
  limit: <Result>(length: number, work: () => Result) => Result;
  devices: DeviceNumbers;
  document: ReadDocument;
}
