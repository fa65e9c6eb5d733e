import type { ConfigView } from '../../src/config/current.ts'
import type { Config } from '../../src/config/schema.ts'
import type { ProviderCall } from '../../src/chat/provider-call.ts'
import type { ChatRequest, Reply, Upstream } from '../../src/contract/index.ts'
import type { ValueStore } from '../../src/store/store.ts'
import { ChunkReader } from '../../src/chat/read/chunk.ts'
import { expectedBy } from '../../src/chat/read/head.ts'
import { background } from '../../src/time/background.ts'
import { takeControl } from './control.ts'
import { decodeEmbeddings } from './embeddings.ts'
import { decode, encode } from './entry.ts'
import { Flight } from './flight.ts'
import type { SharedAnswer } from './flight.ts'
import { chunksIn } from './frames.ts'
import { keyOf } from './key.ts'
import { Recording } from './recording.ts'
import { MarkedReply } from './replies.ts'
import { isCacheable, isStorable } from './rules.ts'
import { sharedStream } from './shared-reply.ts'
import { areSpoken, isSpoken } from './silence.ts'
import { freshWhole } from './whole.ts'

const notStored = 'the answer is not stored'

/** A request on its way through the cache. */
interface Lookup {
  readonly key: string
  readonly request: ChatRequest
  readonly next: Upstream
  readonly options: Config['cache']
  /** Whether the client refuses a stored answer. */
  readonly fresh: boolean
}

/** Answers by key: stored ones, and ones in flight, which identical requests share. */
export class AnswerCache {
  readonly #store: ValueStore
  readonly #currentConfig: ConfigView
  readonly #flights = new Map<string, Flight>()

  constructor(store: ValueStore, currentConfig: ConfigView) {
    this.#store = store
    this.#currentConfig = currentConfig
  }

  /** Answers from the cache if possible, else through `next`. */
  async answer(next: Upstream, request: ChatRequest, call: ProviderCall): Promise<Reply> {
    const { control, request: outgoing } = takeControl(request)
    const { config } = call.request
    if (control.noStore || !isCacheable(outgoing, call.request, config.cache)) {
      return new MarkedReply(await next(outgoing, call), 'bypass')
    }
    const key = prefixOf(config) + keyOf(outgoing, call.request, config)
    const lookup = { key, request: outgoing, next, options: config.cache, fresh: control.noCache }
    for (;;) {
      const present = lookup.fresh ? undefined : this.#flights.get(key)
      const flight = present ?? this.#begin(lookup, call)
      const reply = await flight.join(call.signal, present === undefined)
      if (reply) return reply
      this.#forget(key, flight)
      call.signal.throwIfAborted()
    }
  }

  /** Forgets all answers. Answers in flight still reach their waiters, but are not stored. */
  async clear(): Promise<void> {
    this.#flights.clear()
    await this.#store.clear(prefixOf(this.#currentConfig.value))
  }

  #begin(lookup: Lookup, call: ProviderCall): Flight {
    const flight = new Flight(call, () => this.#forget(lookup.key, flight))
    this.#flights.set(lookup.key, flight)
    flight.start(async () => {
      try {
        const stored = lookup.fresh ? undefined : await this.#read(lookup, call)
        if (!stored) return await this.#fetch(lookup, flight)
        this.#forget(lookup.key, flight)
        return stored
      } catch (error) {
        this.#forget(lookup.key, flight)
        throw error
      }
    })
    return flight
  }

  /** Closes a flight to further requests; its answer is not stored unless that has been done already. */
  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }

  async #fetch(lookup: Lookup, flight: Flight): Promise<SharedAnswer> {
    const { key, request, next, options } = lookup
    const { signal, request: state } = flight.call
    const reply = await next(request, flight.call)
    if (flight.isPrivate) {
      this.#forget(key, flight)
      return { reply: () => new MarkedReply(reply, 'miss') }
    }
    signal.addEventListener('abort', () => reply.cancel(signal.reason), { once: true })
    if (request.stream && !(reply.wire?.body instanceof Uint8Array)) {
      const recording = new Recording(reply, {
        meter: state.meter,
        maxBytes: options.max_answer_bytes,
        onTooLarge: () => this.#forget(key, flight),
      })
      background(this.#storeStream(recording, lookup, flight), state.log, notStored)
      return sharedStream(recording, expectedBy(request))
    }
    const completion = await reply.completion()
    const whole = freshWhole(reply, completion, state.meter)
    if (isSpoken(completion))
      background(this.#storeWhole(reply, whole.body, lookup, flight), state.log, notStored)
    else this.#forget(key, flight)
    return whole
  }

  async #storeWhole(reply: Reply, body: Uint8Array, lookup: Lookup, flight: Flight): Promise<void> {
    const done = await reply.done
    const fits = body.length <= lookup.options.max_answer_bytes
    if (fits && isStorable(done, lookup.request, flight.call.request)) {
      await this.#write(encode({ head: reply.head, choices: done.finish.length }, body), lookup, flight)
    }
    this.#forget(lookup.key, flight)
  }

  async #storeStream(recording: Recording, lookup: Lookup, flight: Flight): Promise<void> {
    const text = await recording.text
    const done = await recording.done
    if (text !== undefined && done.usage && isStorable(done, lookup.request, flight.call.request)) {
      const choices = done.finish.length
      const reader = new ChunkReader({ ...expectedBy(lookup.request), choices })
      const preface = { head: recording.head, choices, usage: done.usage }
      if (areSpoken(chunksIn(text, reader), choices))
        await this.#write(encode(preface, Buffer.from(text)), lookup, flight)
    }
    this.#forget(lookup.key, flight)
  }

  /** Reads the stored answer. An unreachable store, or bytes that are not an answer, count as a miss. */
  async #read({ key, request }: Lookup, call: ProviderCall): Promise<SharedAnswer | undefined> {
    try {
      const bytes = await this.#store.get(key)
      if (!bytes) return undefined
      return call.request.operation === 'embeddings'
        ? decodeEmbeddings(bytes, request)
        : decode(bytes, expectedBy(request))
    } catch (error) {
      call.request.log.warn({ err: error }, 'reading the cache failed; continuing without it')
      return undefined
    }
  }

  async #write(bytes: Uint8Array, { key, options }: Lookup, flight: Flight): Promise<void> {
    if (this.#flights.get(key) !== flight) return
    try {
      await this.#store.set(key, bytes, options.ttl * 1000)
    } catch (error) {
      flight.call.request.log.warn({ err: error }, `writing the cache failed; ${notStored}`)
    }
  }
}

function prefixOf({ cache }: Config): string {
  return `${cache.namespace}:cache:`
}
