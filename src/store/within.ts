/**
 * What the work gives; rejects with `words` where that takes longer. An answer that came in time while this process was busy
 * with something else counts.
 */
export async function within<T>(milliseconds: number, work: Promise<T>, words: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const tooLate = () => late.reject(new Error(words))
  const timer = setTimeout(() => setImmediate(tooLate), milliseconds)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
