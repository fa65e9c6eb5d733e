type Detail = Readonly<Record<string, unknown>>

const growing = ['text', 'summary', 'data'] as const

/**
 * Adds the pieces of a stream's `reasoning_details` to those before: a piece with the type and index of the last detail
 * continues it, any other is the next one.
 */
export function joinDetails(before: readonly object[], pieces: readonly object[]): readonly object[] {
  const details = [...before] as Detail[]
  for (const piece of pieces as readonly Detail[]) {
    const last = details.at(-1)
    if (last && isSame(last, piece)) details[details.length - 1] = joined(last, piece)
    else details.push(piece)
  }
  return details
}

/** Whether a detail contains data that only its service could have written: without it, the text alone is enough. */
export function isSealed(detail: object): boolean {
  const { data, signature } = detail as Detail
  return (typeof data === 'string' && data !== '') || (typeof signature === 'string' && signature !== '')
}

function isSame(last: Detail, piece: Detail): boolean {
  return piece['index'] != null && last['index'] === piece['index'] && last['type'] === piece['type']
}

function joined(last: Detail, piece: Detail): Detail {
  const set = Object.entries(piece).filter(([, value]) => value != null)
  const texts = growing.map(field => [field, `${textOf(last[field])}${textOf(piece[field])}`] as const)
  return {
    ...last,
    ...Object.fromEntries(set),
    ...Object.fromEntries(texts.filter(([, text]) => text !== '')),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
