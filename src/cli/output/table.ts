/** The columns of a table that are aligned at their end, as numbers are: all from this one on (default: none). */
export interface TableOptions {
  readonly numbersFrom?: number
}

/** Lines of a table with its columns aligned, two spaces apart and without spaces at their end. */
export function tableLines(
  rows: readonly (readonly string[])[],
  { numbersFrom = Infinity }: TableOptions = {},
): string[] {
  const [head = []] = rows
  const widths = head.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row =>
    row
      .map((cell, column) =>
        column < numbersFrom ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  )
}
