import type { z } from 'zod'
import { HulumanageError } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'

/** Milliseconds that a server has for an answer. */
const patienceMs = 30_000

/** A running server, which may be another program: its answers are checked. */
export class RemoteServer {
  readonly #base: string
  readonly #key: string | undefined

  /** `key`: that of an operator, or of a client that asks. Throws `invalid_value` for an address that is not one of HTTP. */
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
    const response = await this.send(method, path, body, AbortSignal.timeout(patienceMs))
    return this.expect(answer, await contentOf(response))
  }

  /** Sends a request, and resolves with an answer that may take its time. Rejects with the error that the server reports. */
  async send(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const response = await fetchFrom(this.#base, path, {
      method,
      headers: {
        ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      // A key is for this address alone.
      redirect: 'error',
      ...(signal && { signal }),
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw this.refusal(await contentOf(response), response.status)
    return response
  }

  /** Takes from an answer, or from a part of it, what `answer` describes. */
  expect<S extends z.ZodType>(answer: S, content: unknown): z.output<S> {
    const { success, data } = answer.safeParse(content)
    if (success) return data
    throw new HulumanageError(
      'invalid_value',
      `${this.#base} does not answer as a server of this program does`,
    )
  }

  /** The error that the server reports with such an answer. */
  refusal(content: unknown, status?: number): HulumanageError {
    const message = (content as { readonly error?: { readonly message?: unknown } } | undefined)?.error
      ?.message
    const words = typeof message === 'string' ? clip(message, 2_000) : `status ${status}`
    return new HulumanageError('invalid_value', `${this.#base} answered: ${words}`, { status })
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

/** The JSON of an answer; undefined if it cannot be parsed. */
async function contentOf(response: Response): Promise<unknown> {
  return await response.json().catch(() => undefined)
}
