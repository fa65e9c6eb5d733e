import { setTimeout as sleep } from 'node:timers/promises'
import { BenchFailure } from '../failure.ts'

const pauseMs = 1000

/** Reads the metrics of a server at once and then each second, as a collector does. Returns a function that ends it and reports failures. */
export function scrape(port: number, headers: Readonly<Record<string, string>>): () => Promise<void> {
  const ending = new AbortController()
  const scraping = repeat(port, headers, ending.signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  return async () => {
    ending.abort()
    const error = await scraping
    if (error !== undefined) throw error
  }
}

async function repeat(
  port: number,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers })
    const text = await response.text()
    if (!response.ok)
      throw new BenchFailure(`port ${port} answered ${response.status} for its metrics:\n${text}`)
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}
