import { entryColumns, textColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import type { Cleaners } from '../usage/usage-delta.ts'

/** The last moment of the year 9999: later ones have no date of four digits. */
const latest = 253_402_300_799_999
/** Characters of a name; four of them fit the key of an index, which ends at 2,700 bytes. */
const maxName = 200
/** Characters of any other text. */
const maxText = 2_000

const names: ReadonlySet<string> = new Set(['id', 'client', 'chain', 'model', 'served', 'provider', 'code'])

/** Changes a value of a column into one that PostgreSQL accepts. */
type Cleaner = (value: Value) => Value
const cleaners = entryColumns.map(cleanerOf)

/** The values of encoded entries as PostgreSQL accepts them. */
export function cleanValues(values: readonly Value[]): Value[] {
  return values.map((value, index) => cleaners[index % cleaners.length]!(value))
}

function cleanerOf(name: string): Cleaner {
  // Its JSON consists of characters that PostgreSQL has: others are escaped.
  if (name === 'tree') return value => value
  if (textColumns.has(name)) return value => cleanText(value, names.has(name) ? maxName : maxText)
  if (name === 'at') return value => cleanTime(Number(value))
  return cleanNumber
}

/** A text without the characters that PostgreSQL has none for, of a bounded length; a number as text. */
export function cleanText(value: Value, max: number = maxName): string | null {
  if (value === null) return null
  const text = String(value)
  return (text.length > max ? text.slice(0, max) : text).toWellFormed().replaceAll('\0', '\uFFFD')
}

function cleanTime(value: number): number {
  return Number.isFinite(value) ? Math.min(latest, Math.max(0, Math.round(value))) : 0
}

/** A number that is finite, and within those that are exact. */
function cleanNumber(value: Value): number | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return null
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(-Number.MAX_SAFE_INTEGER, value))
}

/** For the sums of calls, whose tree is stored as it is. */
export const cleanSums: Cleaners = { name: cleanText, figure: cleanNumber }
