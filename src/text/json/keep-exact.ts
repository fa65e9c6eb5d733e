/** Decimal digits that a double keeps. */
const exactDigits = 15

/**
 * A reviver that keeps numbers with more digits as they are spelled: as doubles, different ones would be equal. Zeros at
 * either end are only part of the spelling.
 */
export function keepExact(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value
  const spelled = context?.source ?? String(value)
  if (spelled.length <= exactDigits && value !== 0 && Number.isFinite(value)) return value
  const digits = spelled
    .replace(/e.*$/is, '')
    .replaceAll(/\D/g, '')
    .replaceAll(/^0+|(?<!0)0+$/g, '')
  return digits.length > exactDigits || (value === 0 && digits !== '') || !Number.isFinite(value)
    ? spelled
    : value
}
