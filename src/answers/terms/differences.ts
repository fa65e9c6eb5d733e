import { readQuantity } from '../numbers/quantity.ts'

const difference =
  /^(?:[a-z]\s?∈\s?)?(R|ℝ|\\mathbb\s?\{R\}|\\R|[([][^[\](),]{1,30},[^[\](),]{1,30}[\])])\s?(?:\\setminus|\\backslash|∖|\\|-)\s?\{([^{}]{1,80})\}$/

/** The real numbers or an interval without some points as a union of intervals; undefined for any other text. */
export function withoutPoints(text: string): string | undefined {
  const [, whole = '', inside = ''] = difference.exec(text) ?? []
  if (whole === '') return undefined
  const isLine = !/^[([]/.test(whole)
  const [low = '', high = ''] = isLine
    ? ['-∞', '∞']
    : whole
        .slice(1, -1)
        .split(',')
        .map(end => end.trim())
  const points = inside
    .split(/,\s?/)
    .map(point => point.trim().replace(/^(-?)\(([\d./]{1,20})\)$/, '$1$2'))
    .map(point => ({ point, value: valueOf(point) }))
    .toSorted((one, other) => one.value - other.value)
  const [from, to] = [valueOf(low), valueOf(high)]
  // A point at the end or outside changes an interval in another way.
  if (!points.every(({ value }) => value > from && value < to)) return undefined
  const ends = [...points.map(({ point }) => point), high]
  const starts = [low, ...points.map(({ point }) => point)]
  return starts
    .map((start, at) => {
      const open = at === 0 && !isLine ? whole[0] : '('
      const close = at === starts.length - 1 && !isLine ? whole.at(-1) : ')'
      return `${open}${start}, ${ends[at]}${close}`
    })
    .join(' ∪ ')
}

/** NaN if the text is neither a number nor infinite. */
function valueOf(text: string): number {
  if (/^[-+]?∞$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  const quantity = readQuantity(text)
  if (!quantity || quantity.unit !== '') return NaN
  const [top, bottom] = quantity.value.split('/').map(Number)
  return top! / bottom!
}
