import type { Test } from 'tap'
import { Pool } from 'undici'

/** The path of chat completions. */
export const path = '/v1/chat/completions'

/** A bare client with a single connection, so that tests can observe its reuse. */
export function client(t: Test, url: string) {
  const pool = new Pool(new URL(url).origin, { connections: 1, allowH2: false, headersTimeout: 0 })
  t.teardown(() => pool.destroy())
  return (fields: Record<string, unknown> = {}, signal?: AbortSignal) =>
    pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
      body: JSON.stringify({ model: 'm', messages: [], ...fields }),
      signal: signal ?? null,
    })
}

/** Describes a client's result: the status if the whole body arrived, else the part that failed and the error code. */
export async function met(ask: ReturnType<typeof client>): Promise<string> {
  let where = 'head'
  try {
    const response = await ask()
    where = 'body'
    await response.body.text()
    return String(response.statusCode)
  } catch (error) {
    const { code, name } = error as { code?: string; name: string }
    return `${where}: ${name === 'HTTPParserError' ? name : code}`
  }
}
