/** Freezes plain data in place, at every level. Data that is already frozen is assumed to be so at every level. */
export function deepFreeze<T>(value: T): T {
  if (!isPlain(value) || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}

/** A frozen copy of plain data, so that the caller may continue to change the original. Frozen parts are not copied. */
export function frozenCopy<T>(value: T): T {
  if (!isPlain(value) || Object.isFrozen(value)) return value
  if (Array.isArray(value)) return Object.freeze(value.map(part => frozenCopy(part) as unknown)) as T
  const entries = Object.entries(value).map(([field, part]) => [field, frozenCopy(part) as unknown])
  return Object.freeze(Object.fromEntries(entries)) as T
}

/** Whether a value is an object or array as JSON has them; others, such as byte arrays, are left alone. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
