/**
 * The outcome of `work`; rejects with `late()` if that takes longer than `milliseconds`. A result that was ready in
 * time counts even if this process was too busy to read it. Whatever `work` does after a timeout is ignored.
 */
export async function within<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  const timeout = Promise.withResolvers<never>()
  const expire = () => timeout.reject(late())
  // Timers run before input is read: one more turn of the event loop lets a result in that has already arrived.
  const timer = setTimeout(() => setImmediate(expire), milliseconds)
  try {
    return await Promise.race([work, timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}
