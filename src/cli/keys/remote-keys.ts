import { z } from 'zod'
import { keptClient } from '../../config/sections/clients.ts'
import { HulumanageError } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'
import type { KeyService } from './key-service.ts'

/** Milliseconds that a server has for an answer. */
const patienceMs = 30_000

// The answers of a server, which may be another program. Of a newer version, unknown fields are left out.
const client = z.object({
  ...keptClient.shape,
  source: z.enum(['configuration', 'ledger']),
  created: z.string().optional(),
  rotated: z.string().optional(),
  previous_until: z.string().optional(),
})
const list = z.object({ data: z.array(client) })
const withKey = z.object({ key: z.string().regex(/^[\w-]{1,200}$/), client })
const revoked = z.object({ revoked: z.literal(true) })

/** The clients of a running server, through `/keys`. Errors are those of the server, in its words. */
export function remoteKeys(address: string, key: string | undefined): KeyService {
  const base = baseOf(address)
  if (key === undefined || key === '') {
    const message =
      'a server takes the key of an operator: set HULUMANAGE_OPERATOR_KEY, or pass --operator-key'
    throw new HulumanageError('invalid_value', message)
  }
  const call = async <S extends z.ZodType>(
    answer: S,
    method: string,
    path: string,
    body?: object,
  ): Promise<z.output<S>> => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) }
    const response = await fetched(`${base}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(patienceMs),
      // A key is for this address alone.
      redirect: 'error',
      ...(body && { body: JSON.stringify(body) }),
    })
    const { success, data } = answer.safeParse(await contentOf(response, base))
    if (success) return data
    throw new HulumanageError('invalid_value', `${base} does not answer as a server of this program does`)
  }
  const of = (name: string) => `/keys/${encodeURIComponent(name)}`
  return {
    list: async () => (await call(list, 'GET', '/keys')).data,
    create: async fields => await call(withKey, 'POST', '/keys', fields),
    rotate: async (name, fields) => await call(withKey, 'POST', `${of(name)}/rotate`, fields),
    revoke: async name => void (await call(revoked, 'DELETE', of(name))),
  }
}

function baseOf(address: string): string {
  const url = URL.parse(address)
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '')
  throw new HulumanageError('invalid_value', `--server: expected an address such as http://127.0.0.1:8000`)
}

async function fetched(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? cause.message : message
    throw new HulumanageError('upstream_unreachable', `${url} does not answer: ${reason}`, { cause: error })
  }
}

/** The JSON of an answer. Throws the error that the server reports. */
async function contentOf(response: Response, base: string): Promise<unknown> {
  const content = (await response.json().catch(() => undefined)) as
    { readonly error?: { readonly message?: unknown } } | undefined
  if (response.ok && content) return content
  const message = content?.error?.message
  const words = typeof message === 'string' ? clip(message, 2_000) : `status ${response.status}`
  throw new HulumanageError('invalid_value', `${base} refused: ${words}`, { status: response.status })
}
