/** Maximum characters of a name from outside that an error repeats. */
const maxNameLength = 80

/** Most names are nothing but printable ASCII: they are recognized in a tenth of the time. */
const plain = /^[ -~]*$/

/** Characters that move a terminal, break a line, turn the direction of text or cannot be seen. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * A name for an error text, a log or the ledger, cut if it is long and without unprintable characters: what clients and models
 * send may be of any length and hold anything.
 */
export function clip(name: string, max: number = maxNameLength): string {
  if (name.length <= max && plain.test(name)) return name
  const cut = name.length <= max ? name : `${name.slice(0, max)}…`
  return cut.toWellFormed().replaceAll(unprintable, '?')
}
