import { toError } from '../contract/errors.ts'
import type { Dispatcher } from 'undici'
import { HulumanageError } from '../contract/index.ts'
import { headerText } from '../http/headers.ts'
import { request } from '../http/undici.ts'
import { ByteList } from '../http/pieces/byte-list.ts'
import { Utf8Pieces } from '../http/pieces/utf8.ts'
import type { Outgoing } from '../providers/endpoint.ts'
import type { Provider } from '../providers/provider.ts'
import { toChatEvents } from '../providers/responses/events-to-chat.ts'
import { AttemptTimer } from './attempt-timer.ts'
import { AttemptFailure } from './failure.ts'
import { NativeEvents } from './native-events.ts'
import { failureOfStatus } from './status.ts'
import { failureOfFault } from './transport-failure.ts'

export interface StoredCallOptions {
  /** To the whole of a JSON answer, or to the head of a stream. */
  readonly timeoutMs: number
  /** Between two events of a stream. */
  readonly idleMs: number
  /** To the end of the answer, also of a stream. */
  readonly totalMs: number
  /** Most bytes of a JSON answer. */
  readonly limit: number
  readonly signal: AbortSignal
  readonly clientKey: string | undefined
  /** Identifies the client, if it has a key of this server. */
  readonly tenant: string | undefined
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
  const clock = new Clock(provider, options)
  try {
    const answer = await request(provider.dispatcher, { ...outgoing, signal: clock.signal })
    const stored = await answerOf(provider, answer, options, clock)
    if (typeof stored.body === 'string') clock.stop()
    return stored
  } catch (error) {
    throw clock.end(error)
  }
}

async function answerOf(
  provider: Provider,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  options: StoredCallOptions,
  clock: Clock,
): Promise<StoredAnswer> {
  const { limit, told, clientKey } = options
  const streams = headerText(headers, 'content-type').startsWith('text/event-stream')
  if (statusCode === 200 && streams)
    return { contentType: 'text/event-stream; charset=utf-8', body: eventsOf(body, options, clock) }
  const text = await textOf(body, limit)
  if (statusCode === 200) return { contentType: 'application/json', body: told(text) }
  const secrets = provider.endpoint.secretsWith(clientKey)
  const failure = failureOfStatus(provider.name, statusCode, headers, text, secrets)
  if (statusCode !== 404) throw failure
  throw new HulumanageError('unknown_url', `Provider "${provider.name}" does not have this response`)
}

/** The events of a stream. A comment does not restart the idle timer. */
async function* eventsOf(body: AsyncIterable<Buffer>, { told, limit }: StoredCallOptions, clock: Clock) {
  const events = new NativeEvents({ dialect: 'responses', maxLength: limit, change: told })
  const translate = toChatEvents({ maxEventLength: limit, isResumed: true, onEvent: events.add })
  const decoder = new Utf8Pieces()
  clock.awaitEvent()
  try {
    for await (const bytes of body) {
      translate(decoder.decode(bytes))
      const text = events.take()
      if (text === '') continue
      // A client that reads slowly is not the provider's fault.
      clock.pause()
      yield text
      clock.awaitEvent()
    }
    clock.stop()
  } catch (error) {
    throw clock.end(error)
  } finally {
    clock.stop()
  }
}

/** The time that one call may take. */
class Clock {
  readonly signal: AbortSignal
  readonly #late = new AbortController()
  readonly #provider: Provider
  readonly #idleMs: number
  readonly #tenant: string | undefined
  readonly #step = new AttemptTimer(() => this.#late.abort())
  readonly #total: NodeJS.Timeout

  constructor(provider: Provider, { signal, timeoutMs, idleMs, totalMs, tenant }: StoredCallOptions) {
    this.signal = AbortSignal.any([signal, this.#late.signal])
    this.#provider = provider
    this.#idleMs = idleMs
    this.#tenant = tenant
    this.#step.start('request', timeoutMs)
    this.#total = setTimeout(() => this.#late.abort(), totalMs)
  }

  awaitEvent(): void {
    this.#step.start('idle', this.#idleMs)
  }

  pause(): void {
    this.#step.stop()
  }

  stop(): void {
    this.#step.stop()
    clearTimeout(this.#total)
  }

  /** Stops, and returns the coded form of the error that ended the call. */
  end(error: unknown): Error {
    this.stop()
    if (error instanceof HulumanageError) return error
    const provider = this.#provider
    if (!this.#late.signal.aborted) {
      const fault = toError(error)
      return failureOfFault({ provider, client: { tenant: this.#tenant } }, fault, false)
    }
    const options = { provider: provider.name, blame: 'slow' as const, cause: error }
    const what = this.#step.name === 'idle' ? 'no further event within the idle timeout' : 'no answer in time'
    return new AttemptFailure('upstream_timeout', what, options)
  }
}

async function textOf(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const received = new ByteList()
  for await (const bytes of body) {
    received.add(bytes)
    if (received.length > limit)
      throw new HulumanageError('upstream_too_large', `The provider sent more than ${limit} bytes`)
  }
  return received.whole().toString('utf8')
}
