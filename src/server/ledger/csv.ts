import type { Value } from '../../ledger/columns.ts'

/** Values as CSV (RFC 4180), with a first line of column names. */
export function csvOf(columns: readonly string[], rows: readonly (readonly Value[])[]): string {
  return [columns, ...rows].map(values => `${values.map(cellOf).join(',')}\r\n`).join('')
}

function cellOf(value: Value): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  // A spreadsheet would run a name of a model or client that begins like this, in some countries also in full width.
  const safe = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
