/** Whether nothing but the data of a batch explains a failure: writing it once more would fail as well. */
export function isOfData(error: unknown): boolean {
  const state = stateOf(error)
  // Data exceptions, too many values for a row, and constraints; those of missing partitions and of numbers that are
  // taken have other causes.
  return state !== undefined && /^(?:21|22|23|54)/.test(state) && !isStale(error)
}

/**
 * Whether a failure shows that the tables are not as this process remembers them, or that an earlier attempt was written
 * after all. The next attempt looks before it writes.
 */
export function isStale(error: unknown): boolean {
  return ['23505', '23514', '42P01', '3F000'].includes(stateOf(error) ?? '')
}

/** Whether somebody has to change the rights of the user, or the tables, before it can succeed. */
export function isOfRights(error: unknown): boolean {
  return /^(?:42|28|2B)/.test(stateOf(error) ?? '')
}

/** The SQLSTATE of an error of PostgreSQL; undefined for an error of the connection. */
function stateOf(error: unknown): string | undefined {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}
