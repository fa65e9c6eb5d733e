import type { Dispatcher } from 'undici'
import { HulumanageError } from '../contract/index.ts'
import { headerText } from '../http/headers.ts'
import { request } from '../http/undici.ts'
import { Utf8Pieces } from '../http/utf8.ts'
import type { Outgoing } from '../providers/endpoint.ts'
import type { Provider } from '../providers/provider.ts'
import { toChatEvents } from '../providers/responses/events-to-chat.ts'
import { AttemptFailure } from './failure.ts'
import { NativeEvents } from './native-events.ts'
import { failureOfStatus } from './status.ts'
import { failureOfFault } from './transport-failure.ts'

export interface StoredCallOptions {
  /** To the whole of a JSON answer, or to the head of a stream. */
  readonly timeoutMs: number
  /** Most bytes of a JSON answer. */
  readonly limit: number
  readonly signal: AbortSignal
  readonly clientKey: string | undefined
  /** Converts the provider's text to the text that the client receives. */
  readonly told: (text: string) => string
}

/** A whole text, or the events of a stream. */
export interface StoredAnswer {
  readonly contentType: string
  readonly body: string | AsyncIterable<string>
}

/** Asks a provider for an object that it stores. No other provider has it, so none is asked. Throws a coded error. */
export async function callStored(
  provider: Provider,
  outgoing: Outgoing,
  options: StoredCallOptions,
): Promise<StoredAnswer> {
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort(), options.timeoutMs)
  try {
    const signal = AbortSignal.any([options.signal, clock.signal])
    const answer = await request(provider.dispatcher, { ...outgoing, signal })
    return await answerOf(provider, answer, options)
  } catch (error) {
    throw failureOf(provider, error, clock.signal.aborted)
  } finally {
    clearTimeout(timer)
  }
}

async function answerOf(
  provider: Provider,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { limit, told, clientKey }: StoredCallOptions,
): Promise<StoredAnswer> {
  const streams = headerText(headers, 'content-type').startsWith('text/event-stream')
  if (statusCode === 200 && streams)
    return { contentType: 'text/event-stream; charset=utf-8', body: eventsOf(body, told, limit) }
  const text = await textOf(body, limit)
  if (statusCode === 200) return { contentType: 'application/json', body: told(text) }
  const failure = failureOfStatus(provider.name, statusCode, headers, text, provider.secretsWith(clientKey))
  if (statusCode !== 404) throw failure
  throw new HulumanageError('unknown_url', `Provider "${provider.name}" does not have this response`)
}

async function* eventsOf(body: AsyncIterable<Buffer>, told: (text: string) => string, limit: number) {
  const events = new NativeEvents({ dialect: 'responses', change: told })
  const translate = toChatEvents({ maxEventLength: limit, isResumed: true, onEvent: events.add })
  const decoder = new Utf8Pieces()
  for await (const bytes of body) {
    translate(decoder.decode(bytes))
    const text = events.take()
    if (text !== '') yield text
  }
}

async function textOf(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const bytes of body) {
    size += bytes.length
    if (size > limit)
      throw new HulumanageError('upstream_too_large', `The provider sent more than ${limit} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function failureOf({ name }: Provider, error: unknown, late: boolean): Error {
  if (error instanceof HulumanageError) return error
  if (late) {
    const options = { provider: name, blame: 'slow' as const, cause: error }
    return new AttemptFailure('upstream_timeout', 'no answer within the request timeout', options)
  }
  return failureOfFault(name, error instanceof Error ? error : new Error(String(error)), false)
}
