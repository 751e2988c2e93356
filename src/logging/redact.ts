const SECRET_FIELDS = ['privateKey', 'passphrase', 'password', 'hostPrivateKey', 'authorization', 'apiKey'];

const SECRET_FIELD = new RegExp(`"(?:${SECRET_FIELDS.join('|')})":`);

/** Replaces the values of secret fields, at any depth, in a line of JSON. Looks at the line: pino's own redaction copies every object. */
export function withoutSecrets(line: string): string {
  if (!SECRET_FIELD.test(line)) return line;
  const redacted: unknown = JSON.parse(line, (name, value: unknown) =>
    SECRET_FIELDS.includes(name) ? '[redacted]' : value
  );
  return `${JSON.stringify(redacted)}\n`;
}
