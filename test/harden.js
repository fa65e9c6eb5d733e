// Loaded before each test file: what would change a built-in prototype throws there and then. Dependencies give objects a
// `toString`, `name` or `message` of their own by assignment, which a frozen prototype forbids and a sealed one allows.
for (const { prototype } of [Array, Map, Set, Promise, String, Number, RegExp, Date, Uint8Array])
  Object.freeze(prototype)
for (const { prototype } of [Object, Function, Error]) Object.seal(prototype)
