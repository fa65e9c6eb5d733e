import type { Test } from 'tap'
import { Pool } from 'undici'

/** Where chat completions are asked for. */
export const path = '/v1/chat/completions'

/** A bare client over one connection, so that reuse shows. */
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

/** What a client meets: the status where a whole body came, or where it failed and with which code. */
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
