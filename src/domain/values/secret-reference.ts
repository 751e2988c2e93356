/** Where a secret is: the first line of a private file, or an environment variable of the worker. */
export type SecretReference = { file: string } | { env: string };
