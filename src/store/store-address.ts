/** Where a results store is. */
export type StoreAddress = { kind: 'sqlite'; file: string } | PostgresAddress;

export interface PostgresAddress {
  kind: 'postgres';
  /** Without a password. */
  url: string;
  /** Reads the password, each time the store is opened; null: as libpq does, from PGPASSWORD or ~/.pgpass. */
  password: (() => Promise<string>) | null;
}

export function sqliteAddress(file: string): StoreAddress {
  return { kind: 'sqlite', file };
}

/** The name of a store in messages. */
export function storeName(address: StoreAddress): string {
  if (address.kind === 'sqlite') return address.file;
  const { host, pathname, searchParams } = new URL(address.url);
  return `postgres://${host || (searchParams.get('host') ?? '')}${pathname}`;
}
