/**
 * Converts the text of a flag, a variable or a reference to the type that zod expects, by zod's name of that type. Empty
 * text and `null` become null, which counts as absent in a configuration. Undefined if the text does not fit the type.
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

/** Converts text to the number or boolean it spells, if several types are allowed; undefined if neither. */
export function convertScalar(text: string): unknown {
  return toNumber(text.trim()) ?? (/^(true|false)$/i.test(text.trim()) ? toBoolean(text.trim()) : undefined)
}

function toNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

function toBoolean(text: string): boolean | undefined {
  if (/^(true|yes|on|1)$/i.test(text)) return true
  return /^(false|no|off|0)$/i.test(text) ? false : undefined
}
