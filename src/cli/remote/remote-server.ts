import type { z } from 'zod'
import { HulumanageError } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'

/** Milliseconds that a server has for an answer. */
const patienceMs = 30_000

/** A running server, which may be another program: its answers are checked. */
export class RemoteServer {
  readonly #base: string
  readonly #key: string | undefined

  /** `key`: that of an operator. Throws `invalid_value` for an address that is not one of HTTP. */
  constructor(address: string, key: string | undefined) {
    this.#base = baseOf(address)
    this.#key = key
  }

  /** Sends a request and returns what its answer has of `answer`. Rejects with the error that the server reports, in its words. */
  async call<S extends z.ZodType>(
    answer: S,
    method: string,
    path: string,
    body?: object,
  ): Promise<z.output<S>> {
    const base = this.#base
    const response = await fetchFrom(base, path, {
      method,
      headers: {
        ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(patienceMs),
      // A key is for this address alone.
      redirect: 'error',
      ...(body && { body: JSON.stringify(body) }),
    })
    const { success, data } = answer.safeParse(await contentOf(response, base))
    if (success) return data
    throw new HulumanageError('invalid_value', `${base} does not answer as a server of this program does`)
  }
}

function baseOf(address: string): string {
  const url = URL.parse(address)
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '')
  throw new HulumanageError('invalid_value', `--server: expected an address such as http://127.0.0.1:8000`)
}

async function fetchFrom(base: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${base}${path}`, init)
  } catch (error) {
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? cause.message : message
    const advice = 'start the server, or name another with --server'
    throw new HulumanageError('upstream_unreachable', `${base} does not answer (${reason}); ${advice}`, {
      cause: error,
    })
  }
}

/** The JSON of an answer. Throws the error that the server reports. */
async function contentOf(response: Response, base: string): Promise<unknown> {
  const content = (await response.json().catch(() => undefined)) as
    { readonly error?: { readonly message?: unknown } } | undefined
  if (response.ok && content) return content
  const message = content?.error?.message
  const words = typeof message === 'string' ? clip(message, 2_000) : `status ${response.status}`
  throw new HulumanageError('invalid_value', `${base} answered: ${words}`, { status: response.status })
}
