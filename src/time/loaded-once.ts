/**
 * Loads a module when it is first asked for, and gives the same one from then on; only a failure is not kept. Each `import()`
 * asks the module loader again, which takes as long as the rest of a small request, and longer if hooks run in a thread of
 * their own.
 */
export function loadedOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  const forget = (error: unknown): never => {
    loaded = undefined
    throw error
  }
  return () => (loaded ??= load().catch(forget))
}
