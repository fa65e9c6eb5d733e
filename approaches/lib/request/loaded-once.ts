/**
 * Loads a module when it is first asked for, and gives the same one from then on: each `import()` asks the module
 * loader again, and hooks in a thread of their own may make it wait.
 */
export function loadedOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => (loaded ??= load())
}
