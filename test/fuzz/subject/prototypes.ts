const watched: Readonly<Record<string, object>> = {
  'Object.prototype': Object.prototype,
  'Array.prototype': Array.prototype,
  'Function.prototype': Function.prototype,
  'String.prototype': String.prototype,
  'Number.prototype': Number.prototype,
  'Promise.prototype': Promise.prototype,
  'Map.prototype': Map.prototype,
  Object: Object,
  Array: Array,
  Promise: Promise,
}

const original = new Map(Object.entries(watched).map(([name, object]) => [name, contentOf(object)]))

/** Names of properties added to built-in prototypes, or replaced there. */
export function pollution(): string[] {
  return Object.entries(watched).flatMap(([name, object]) => {
    const before = original.get(name)!
    return [...contentOf(object)]
      .filter(([key, value]) => !before.has(key) || before.get(key) !== value)
      .map(([key]) => `${name}[${String(key)}]`)
  })
}

function contentOf(object: object): Map<string | symbol, unknown> {
  return new Map(
    Reflect.ownKeys(object).map(key => {
      const { value, get } = Reflect.getOwnPropertyDescriptor(object, key)!
      return [key, get ?? (value as unknown)]
    }),
  )
}
