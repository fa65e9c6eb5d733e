/** Maximum characters of a name from outside that an error repeats. */
const maxNameLength = 80

/** A name for an error text, cut if it is long: what clients and models send may be of any length. */
export function clip(name: string): string {
  return name.length <= maxNameLength ? name : `${name.slice(0, maxNameLength)}…`
}
