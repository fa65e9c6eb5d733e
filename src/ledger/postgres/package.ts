import { HulumanageError } from '../../contract/index.ts'

/** Loads the client of PostgreSQL, an optional package. Throws `missing_package` if it is not installed. */
export async function loadPostgres(): Promise<typeof import('pg')> {
  try {
    return await import('pg')
  } catch (error) {
    throw new HulumanageError(
      'missing_package',
      'A ledger in PostgreSQL (`ledger.url`) needs a package that is not installed; run `npm install pg@8.23.1`',
      { cause: error },
    )
  }
}
