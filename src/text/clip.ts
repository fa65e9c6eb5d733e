/** Maximum characters of a name from outside that an error repeats. */
const maxNameLength = 80

/** Most names are nothing but printable ASCII: they are recognized in a tenth of the time. */
const plain = /^[ -~]*$/

/**
 * A name for an error text, cut if it is long and without control characters: what clients and models send may be of any
 * length and hold anything.
 */
export function clip(name: string, max: number = maxNameLength): string {
  if (name.length <= max && plain.test(name)) return name
  const cut = name.length <= max ? name : `${name.slice(0, max)}…`
  return cut.toWellFormed().replaceAll(/\p{Cc}/gu, '?')
}
