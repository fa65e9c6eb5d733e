const longest = 300
const matrix = String.raw`\[\[[^[\]]{1,120}\](?:, \[[^[\]]{1,120}\]){0,7}\]`
/** A matrix with a factor in front of it, and as a transpose. */
const summand = new RegExp(
  String.raw`\s?([-+]?)\s?([\d./√π()]{0,20})\s?\*?\s?(${matrix})(\^(?:T|\{T\}|\\top|\{\\top\}))?`,
  'iy',
)

/** A sum of matrices with factors as one matrix whose items are expressions; undefined for any other text. */
export function matrixOf(text: string): string | undefined {
  if (text.length > longest || !text.includes('[[')) return undefined
  let total: readonly (readonly string[])[] | undefined
  let isPlain = true
  for (summand.lastIndex = 0; summand.lastIndex < text.length;) {
    const at = summand.lastIndex
    const [, sign = '', factor = '', inside, turned] = summand.exec(text) ?? []
    if (inside === undefined || (at > 0 && sign === '')) return undefined
    const rows = rowsOf(inside)
    const own = (turned === undefined ? rows : transposed(rows))?.map(row =>
      row.map(item =>
        sign === '-' || factor !== '' ? `${sign === '-' ? '-' : ''}(${factor || 1})*(${item})` : item,
      ),
    )
    if (!own || (total && (total.length !== own.length || total[0]!.length !== own[0]!.length)))
      return undefined
    isPlain &&= at === 0 && factor === '' && sign !== '-' && turned === undefined
    total = total?.map((row, y) => row.map((item, x) => `${item}+(${own[y]![x]})`)) ?? own
  }
  return isPlain || !total ? undefined : `[${total.map(row => `[${row.join(', ')}]`).join(', ')}]`
}

const determinant = new RegExp(String.raw`^det\s?\(?(${matrix})\)?$`)

/** The expression for the determinant of a matrix of two or three rows, such as `det[[1, 2], [3, 4]]`; undefined for any other text. */
export function determinantOf(text: string): string | undefined {
  const [, inside] = text.length > longest ? [] : (determinant.exec(text) ?? [])
  const rows = inside === undefined ? undefined : rowsOf(inside)
  if (!rows || rows.length !== rows[0]!.length || rows.length > 3) return undefined
  return expanded(rows)
}

function expanded([first, ...others]: readonly (readonly string[])[]): string {
  if (others.length === 0) return `(${first![0]})`
  const terms = first!.map((item, x) => `(${item})*(${expanded(others.map(row => row.toSpliced(x, 1)))})`)
  return terms.reduce((sum, each, x) => `${sum}${x % 2 === 0 ? '+' : '-'}${each}`)
}

/** The items of "[[1, 2], [3, 4]]" by row; undefined if rows differ in length. */
function rowsOf(text: string): readonly (readonly string[])[] | undefined {
  const rows = text
    .slice(2, -2)
    .split('], [')
    .map(row => row.split(/,\s?/))
  return rows.every(row => row.length === rows[0]!.length) ? rows : undefined
}

function transposed(
  rows: readonly (readonly string[])[] | undefined,
): readonly (readonly string[])[] | undefined {
  return rows?.[0]!.map((_item, x) => rows.map(row => row[x]!))
}
