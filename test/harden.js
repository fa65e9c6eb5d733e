// Loaded before each test file: what would change a built-in prototype throws there and then (what changes `RegExp.prototype`
// fails the process at its end). Dependencies give objects a `toString`, `name` or `message` of their own by assignment, which a
// frozen prototype forbids and a sealed one allows.
for (const { prototype } of [Array, Map, Set, Promise, String, Number, Date, Uint8Array])
  Object.freeze(prototype)
for (const { prototype } of [Object, Function, Error]) Object.seal(prototype)

// Regular expressions are several times slower if theirs is frozen, so what changes it is reported at the end.
const original = propertiesOf(RegExp.prototype)
process.on('exit', () => {
  const now = propertiesOf(RegExp.prototype)
  const keys = [...new Set([...original.keys(), ...now.keys()])]
  const changed = keys.filter(key => original.get(key) !== now.get(key))
  if (changed.length === 0) return
  console.error(`a test has changed RegExp.prototype: ${changed.map(String).join(', ')}`)
  process.exitCode = 1
})

/** The value or getter of each property, by its key. */
function propertiesOf(object) {
  const entries = Reflect.ownKeys(object).map(key => [key, Reflect.getOwnPropertyDescriptor(object, key)])
  return new Map(entries.map(([key, { value, get }]) => [key, value ?? get]))
}
