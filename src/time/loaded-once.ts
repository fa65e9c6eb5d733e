/**
 * Loads a module when it is first asked for, and gives the same one from then on. Each `import()` asks the module loader
 * again, which takes as long as the rest of a small request, and longer if hooks run in a thread of their own.
 */
export function loadedOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => (loaded ??= load())
}
