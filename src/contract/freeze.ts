/** Freezes plain data in place, all the way down. What is frozen already is taken to be so all the way down. */
export function deepFreeze<T>(value: T): T {
  if (!isPlain(value) || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}

/** The same data frozen; copies what is not frozen yet, so that who made it may go on changing it. */
export function frozenCopy<T>(value: T): T {
  if (!isPlain(value) || Object.isFrozen(value)) return value
  if (Array.isArray(value)) return Object.freeze(value.map(part => frozenCopy(part) as unknown)) as T
  const entries = Object.entries(value).map(([field, part]) => [field, frozenCopy(part) as unknown])
  return Object.freeze(Object.fromEntries(entries)) as T
}

/** Objects and arrays as JSON makes them; others, such as byte arrays, are left alone. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
