import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { completionOf, errorBody, finishOf, piecesOf, refuses, tooManyChoices } from './content.ts'
import type { ChoiceOptions, Content, Headers, Json } from './content.ts'
import { perform } from './exchange.ts'
import type { Action, Framing } from './exchange.ts'
import { stream } from './stream.ts'
import type { StreamOptions } from './stream.ts'

export interface BodyOptions {
  readonly status?: number
  readonly headers?: Headers
  /** How the end of the body is marked; by its length unless set. */
  readonly framing?: Framing
  readonly encoding?: keyof typeof encoders
  /** Performs an action once this many bytes of the body have been sent. */
  readonly cut?: { readonly at: number; readonly by: Action }
}

const encoders = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }

/** Answers as requested: whole, or word by word if the request sets `stream`. */
export function answer(content: Content = 'ok', options: StreamOptions = {}): Action {
  return ({ request }) => {
    const { framing: _streams, ...rest } = options
    if (request.body['stream'] !== true) return completion(content, rest)
    return stream(piecesOf(content, request, options), { finish: finishOf(content, options), ...options })
  }
}

/** A whole `chat.completion`, even if a stream was requested. */
export function completion(content: Content = 'ok', options: BodyOptions & ChoiceOptions = {}): Action {
  return ({ request }) =>
    refuses(request, options)
      ? error(400, tooManyChoices)
      : json(completionOf(content, request, options), options)
}

/** Any value as a JSON body. A string is sent unchanged, so it need not be JSON. */
export function json(value: unknown, options: BodyOptions = {}): Action {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return body(text, { ...options, headers: { 'content-type': 'application/json', ...options.headers } })
}

/** Any text as a body. */
export function body(text: string, options: BodyOptions = {}): Action {
  const { status = 200, framing = 'length', encoding, cut } = options
  const bytes = encoding ? encoders[encoding](text) : Buffer.from(text)
  const headers = {
    ...(encoding ? { 'content-encoding': encoding } : {}),
    ...(framing === 'length' ? { 'content-length': bytes.length } : {}),
    ...(framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : {}),
    ...options.headers,
  }
  return async exchange => {
    await exchange.head(status, headers)
    await exchange.write(bytes.subarray(0, cut?.at))
    if (!cut) return
    await perform(cut.by, exchange)
    await exchange.write(bytes.subarray(cut.at))
  }
}

/** An error answer in OpenAI's shape, or with another body; a string is sent as HTML. */
export function error(status: number, value?: string | Json, headers: Headers = {}): Action {
  if (typeof value === 'string')
    return body(value, { status, headers: { 'content-type': 'text/html', ...headers } })
  return json(value ?? errorBody(`Scripted error ${status}`), { status, headers })
}

/** Answers with what was received, as the text of a completion: JSON with method, path, headers and body. */
export function echo(): Action {
  return ({ request: { method, path, headers, body } }) =>
    answer(JSON.stringify({ method, path, headers, body }))
}

/** Answers `GET /models`. */
export function models(...ids: readonly string[]): Action {
  return json({
    object: 'list',
    data: ids.map(id => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'fake' })),
  })
}
