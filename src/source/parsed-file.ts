import { fileAnswers } from '../blocking/file-answers.ts';
import { fileVersion } from './file-version.ts';
import { readRegularFile } from './text-file.ts';

/** Reads and parses each file once until it changes. Failures are not cached. */
export function parsedFiles<T>(parse: (content: Buffer, file: string) => T): (file: string) => Promise<T> {
  const kept = new Map<string, { version: string; parsed: Promise<T> }>();
  return async (file) => {
    await fileAnswers(file);
    const version = await fileVersion(file);
    const known = kept.get(file);
    if (known?.version === version) return known.parsed;
    const parsed = readContent(file).then((content) => parse(content, file));
    const entry = { version, parsed };
    kept.set(file, entry);
    parsed.catch(() => {
      if (kept.get(file) === entry) kept.delete(file);
    });
    return parsed;
  };
}

export async function readContent(file: string): Promise<Buffer> {
  await fileAnswers(file);
  return readRegularFile(file);
}
