/**
 * Text of a flag, a variable or a reference as the type that zod says it wants, by the name zod gives that type. Empty
 * text and `null` become null, which a configuration takes as absent. Undefined where the text is nothing of the kind.
 */
export function convertText(text: string, expected: string): unknown {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === 'null') return null
  switch (expected) {
    case 'number':
    case 'int':
      return toNumber(trimmed)
    case 'boolean':
      return toBoolean(trimmed)
    case 'array':
      return trimmed
        .split(',')
        .map(part => part.trim())
        .filter(part => part !== '')
    default:
      return undefined
  }
}

/** Text where several types would do: the number or the boolean it spells. */
export function readText(text: string): unknown {
  return toNumber(text.trim()) ?? (/^(true|false)$/i.test(text.trim()) ? toBoolean(text.trim()) : undefined)
}

function toNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

function toBoolean(text: string): boolean | undefined {
  if (/^(true|yes|on|1)$/i.test(text)) return true
  return /^(false|no|off|0)$/i.test(text) ? false : undefined
}
