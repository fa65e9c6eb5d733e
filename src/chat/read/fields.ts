/** The fields of an object in a provider's JSON, whose types nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The fields of a JSON object; undefined for any other value. A field named `__proto__` is left out: an assignment by name
 * would set the prototype of its target.
 */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (!Object.hasOwn(value, '__proto__')) return value as Fields
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__proto__'))
}

/**
 * The object itself if its fields have these values already, else a copy that has them. `undefined` removes a field. What
 * stays the same object can be relayed in the provider's own bytes.
 */
export function withFields(fields: Fields, values: Fields): Fields {
  let copy: Record<string, unknown> | undefined
  for (const name in values) {
    const value = values[name]
    if (value === undefined ? !Object.hasOwn(fields, name) : fields[name] === value) continue
    copy ??= { ...fields }
    if (value === undefined) Reflect.deleteProperty(copy, name)
    else copy[name] = value
  }
  return copy ?? fields
}

/** Reads each item and leaves out those read as undefined. The list itself if that changes nothing. */
export function readList(list: readonly unknown[], read: (item: unknown) => unknown): readonly unknown[] {
  const items = list.map(read)
  if (items.every((item, index) => item === list[index] && item !== undefined)) return list
  return items.filter(item => item !== undefined)
}

/** A text that says something; undefined for an empty one and for any other value. */
export function wordsOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A text, and an empty one in place of any other value: an object may have no text of its own, so that `String` throws. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A small whole number, also if a service writes it as a text; undefined for any other value. `limit` is not included. */
export function smallNumber(value: unknown, limit: number): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  const isSmall = Number.isInteger(number) && (number as number) >= 0 && (number as number) < limit
  return isSmall ? (number as number) : undefined
}

/** A text or null; undefined for any other value. */
export function textOrNull(value: unknown): string | null | undefined {
  return typeof value === 'string' || value === null ? value : undefined
}

/** An object or null; undefined for any other value. */
export function fieldsOrNull(value: unknown): Fields | null | undefined {
  return value === null ? null : fieldsOf(value)
}

/** A list of objects or null; undefined for any other value. Items of other types are left out. */
export function objectsOrNull(
  value: unknown,
  read: (fields: Fields) => Fields = fields => fields,
): readonly unknown[] | null | undefined {
  if (value === null) return null
  if (!Array.isArray(value)) return undefined
  return readList(value, item => {
    const fields = fieldsOf(item)
    return fields && read(fields)
  })
}
