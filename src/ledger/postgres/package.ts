import { HulumanageError } from '../../contract/index.ts'

/** Throws `missing_package` if the client of PostgreSQL, an optional package, is not installed. */
export function requirePostgres(): void {
  try {
    import.meta.resolve('pg')
  } catch (error) {
    throw new HulumanageError(
      'missing_package',
      'A ledger in PostgreSQL needs a package that is not installed; run `npm install pg@8.23.1`',
      { cause: error },
    )
  }
}

/** Loads the client of PostgreSQL. Throws `missing_package`. */
export async function loadPostgres(): Promise<typeof import('pg')> {
  requirePostgres()
  return await import('pg')
}
