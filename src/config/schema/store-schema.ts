import * as z from 'zod';
import { line } from './schema-values.ts';
import { secretReference } from './secret-schema.ts';

/** The only message about a password, because the invalid value may be the password itself. */
export const PASSWORD_FORM =
  'must have a file or an environment variable, such as { file: /etc/fleetmark/password } or { env: RESULTS_PASSWORD }';

const STORE_FORM = 'must be postgres://user@host/database, or a map such as { keep: 400d }';
const URL_FORM = 'must be postgres://user@host/database';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 36_500;

const url = line(1000).superRefine((text, context) => {
  const problem = urlProblem(text);
  if (problem !== null) context.addIssue(problem);
});

/** Never quotes the URL, which may contain a password. */
function urlProblem(text: string): string | null {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol)) return URL_FORM;
  if (parsed.password !== '' || parsed.searchParams.has('password'))
    return `must not contain a password: write store: { url: ..., password: { file: ... } }`;
  return parsed.pathname.length < 2 ? `${URL_FORM}: the name of the database is missing` : null;
}

const days = z
  .string({ error: ({ input }) => (typeof input === 'number' ? `needs a unit: ${input}d` : undefined) })
  .regex(/^\d{1,5}d$/, 'must be a number of days such as 400d')
  .transform((text, context) => {
    const count = Number(text.slice(0, -1));
    if (count >= 1 && count <= MAX_DAYS) return count * DAY_MS;
    context.addIssue(`must be from 1d to ${MAX_DAYS}d`);
    return z.NEVER;
  });

const password = secretReference('password', PASSWORD_FORM);

const settings = z.strictObject({
  url: url.exactOptional().describe('A PostgreSQL database, for workers of a distributed Temporal.'),
  password: password.exactOptional().describe('Default: as libpq does, from PGPASSWORD or ~/.pgpass.'),
  keep: days.exactOptional().describe('Older runs are removed after each run. Default: none is removed.'),
});

/** `store:`: a URL alone, or a map. */
export const store = z
  .union([url, settings], {
    error: ({ input }) =>
      typeof input === 'string' ? (urlProblem(input) ?? URL_FORM) : isMap(input) ? undefined : STORE_FORM,
  })
  .transform((written): z.output<typeof settings> => (typeof written === 'string' ? { url: written } : written))
  .describe('Where results are kept. Without a url: in a file of the embedded Temporal.');

/** `store:` alone; other sections are not looked at. */
export const storeSection = z.object({ store: store.exactOptional() });

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
