export function installPostgres(root: string): string | null;
export function findPostgres(): string | null;
