/** The path of a ledger that lives in memory, and ends with its process. */
export const inMemory = ':memory:'
