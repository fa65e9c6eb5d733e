type Detail = Readonly<Record<string, unknown>>

const growing = ['text', 'summary', 'data'] as const

/**
 * Adds the pieces of a stream's `reasoning_details` to the list of those before, which was made here or is empty: a piece with
 * the type and index of the last detail continues it, any other is the next one.
 */
export function addDetails(details: object[], pieces: readonly object[]): void {
  for (const piece of pieces as readonly Detail[]) {
    const last = details.at(-1) as Record<string, unknown> | undefined
    if (last && isSame(last, piece)) extend(last, piece)
    else details.push({ ...piece })
  }
}

/** Whether a detail contains data that only its service could have written: without it, the text alone is enough. */
export function isSealed(detail: object): boolean {
  const { data, signature } = detail as Detail
  return (typeof data === 'string' && data !== '') || (typeof signature === 'string' && signature !== '')
}

function isSame(last: Detail, piece: Detail): boolean {
  return piece['index'] != null && last['index'] === piece['index'] && last['type'] === piece['type']
}

function extend(last: Record<string, unknown>, piece: Detail): void {
  const texts = growing.map(field => [field, `${textOf(last[field])}${textOf(piece[field])}`] as const)
  for (const [field, value] of Object.entries(piece)) if (value != null) last[field] = value
  for (const [field, text] of texts) if (text !== '') last[field] = text
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
