import type { Dispatcher } from 'undici'
import type { z } from 'zod'
import { HulumanageError } from '../../contract/index.ts'
import type { ErrorOptions } from '../../contract/index.ts'
import { Pool, request } from '../../http/undici.ts'
import { clip } from '../../text/clip.ts'
import { jsonOrUndefined } from '../../text/json/parse.ts'

type Answer = Dispatcher.ResponseData

/** Milliseconds that a server has for an answer. */
const patienceMs = 30_000

/** An error that a server reports. */
export class Refusal extends HulumanageError {
  /** The whole body of its answer, unchecked; undefined if it cannot be parsed. */
  readonly content: unknown

  constructor(content: unknown, message: string, options: ErrorOptions) {
    super('invalid_value', message, options)
    this.content = content
  }
}

/** A running server, which may be another program: its answers are checked. */
export class RemoteServer {
  readonly #base: string
  readonly #origin: string
  readonly #connections: Dispatcher
  readonly #key: string | undefined

  /** `key`: that of an operator, or of a client that asks. Throws `invalid_value` for an address that is not one of HTTP. */
  constructor(address: string, key: string | undefined) {
    this.#base = baseOf(address)
    this.#origin = new URL(this.#base).origin
    // Without clocks: an answer may take as long as the server lets it.
    this.#connections = new Pool(this.#origin, { headersTimeout: 0, bodyTimeout: 0 })
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
  async send(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Answer> {
    const answer = await this.#request({
      // A redirect is not followed: the key is for this address alone.
      path: this.#base.slice(this.#origin.length) + path,
      method,
      headers: {
        ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(signal && { signal }),
      ...(body && { body: JSON.stringify(body) }),
    })
    const { statusCode: status } = answer
    if (status < 200 || status > 299) throw this.refusal(await contentOf(answer), status)
    return answer
  }

  async #request(options: Dispatcher.RequestOptions): Promise<Answer> {
    try {
      return await request(this.#connections, options)
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      const reason = message === '' ? code : message
      const advice = 'start the server, or name another with --server'
      throw new HulumanageError(
        'upstream_unreachable',
        `${this.#base} does not answer (${reason}); ${advice}`,
        { cause: error },
      )
    }
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
  refusal(content: unknown, status?: number): Refusal {
    const error = (content as { readonly error?: unknown } | undefined)?.error
    const message = typeof error === 'string' ? error : (error as { readonly message?: unknown })?.message
    const unsaid = status === undefined ? 'an error without a message' : `status ${status}`
    const words = typeof message === 'string' && message !== '' ? clip(message, 2_000) : unsaid
    return new Refusal(content, `${this.#base} answered: ${words}`, { status })
  }
}

function baseOf(address: string): string {
  const url = URL.parse(address)
  if (url && /^https?:$/.test(url.protocol) && url.username + url.password === '')
    return url.href.replace(/\/+$/, '')
  throw new HulumanageError('invalid_value', `--server: expected an address such as http://127.0.0.1:8000`)
}

/** The JSON of an answer; undefined if it cannot be parsed. */
async function contentOf({ body }: Answer): Promise<unknown> {
  return jsonOrUndefined(await body.text().catch(() => ''))
}
