import type { CurrentConfig } from '../../src/config/current.ts'
import type { Config } from '../../src/config/schema.ts'
import type { Call, ChatRequest, Reply, Upstream } from '../../src/contract/index.ts'
import type { ValueStore } from '../../src/store/store.ts'
import { takeControl } from './control.ts'
import { decode, encodeStream, encodeWhole } from './entry.ts'
import { Flight } from './flight.ts'
import type { Landing } from './flight.ts'
import { keyOf } from './key.ts'
import { Recording } from './recording.ts'
import { MarkedReply } from './replies.ts'
import { mayBeKept, takesPart } from './rules.ts'
import { sharedStream } from './shared-reply.ts'
import { freshWhole } from './whole.ts'

/** A request on its way through the cache. */
interface Asking {
  readonly key: string
  readonly request: ChatRequest
  readonly next: Upstream
  readonly options: Config['cache']
  /** What is stored is not wanted. */
  readonly fresh: boolean
}

/** Answers by key: those in the store, and those on their way, which all who ask the same meanwhile share. */
export class AnswerCache {
  readonly #store: ValueStore
  readonly #currentConfig: CurrentConfig
  readonly #flights = new Map<string, Flight>()

  constructor(store: ValueStore, currentConfig: CurrentConfig) {
    this.#store = store
    this.#currentConfig = currentConfig
  }

  /** Answers from the cache where it can, else with what `next` gives. */
  async answer(next: Upstream, request: ChatRequest, call: Call): Promise<Reply> {
    const { control, asked } = takeControl(request)
    const config = this.#currentConfig.value
    if (control.noStore || !takesPart(asked, call.request, config.cache)) {
      return new MarkedReply(await next(asked, call), 'bypass')
    }
    const key = prefixOf(config) + keyOf(asked, call.request, config)
    const asking = { key, request: asked, next, options: config.cache, fresh: control.noCache }
    for (;;) {
      const present = asking.fresh ? undefined : this.#flights.get(key)
      const flight = present ?? this.#begin(asking, call)
      const reply = await flight.board(call.signal, present === undefined)
      if (reply) return reply
      this.#forget(key, flight)
      call.signal.throwIfAborted()
    }
  }

  /** Forgets all answers. Those on their way still reach who waits for them, and are not kept. */
  async clear(): Promise<void> {
    this.#flights.clear()
    await this.#store.clear(prefixOf(this.#currentConfig.value))
  }

  #begin(asking: Asking, call: Call): Flight {
    const flight = new Flight(call, () => this.#forget(asking.key, flight))
    this.#flights.set(asking.key, flight)
    flight.start(async () => {
      try {
        const stored = asking.fresh ? undefined : await this.#read(asking.key, call)
        if (!stored) return await this.#fetch(asking, flight)
        this.#forget(asking.key, flight)
        return stored
      } catch (error) {
        this.#forget(asking.key, flight)
        throw error
      }
    })
    return flight
  }

  /** From here on nobody joins the flight, and what it brings is not kept. */
  #forget(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }

  async #fetch(asking: Asking, flight: Flight): Promise<Landing> {
    const { key, request, next, options } = asking
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
      void this.#keepStream(recording, asking, flight)
      return sharedStream(recording)
    }
    const whole = freshWhole(reply, await reply.completion(), state.meter)
    void this.#keepWhole(reply, whole.body, asking, flight)
    return whole
  }

  async #keepWhole(reply: Reply, body: Uint8Array, asking: Asking, flight: Flight): Promise<void> {
    const done = await reply.done
    const fits = body.length <= asking.options.max_answer_bytes
    if (fits && mayBeKept(done, asking.request, flight.call.request.meter)) {
      await this.#write(encodeWhole(reply.head, body), asking, flight)
    }
    this.#forget(asking.key, flight)
  }

  async #keepStream(recording: Recording, asking: Asking, flight: Flight): Promise<void> {
    const text = await recording.text
    const done = await recording.done
    if (text !== undefined && done.usage && mayBeKept(done, asking.request, flight.call.request.meter)) {
      await this.#write(encodeStream(recording.head, done.usage, text), asking, flight)
    }
    this.#forget(asking.key, flight)
  }

  /** What is stored. A store that cannot be reached, or gives what is no answer, is one that has nothing. */
  async #read(key: string, call: Call): Promise<Landing | undefined> {
    try {
      const bytes = await this.#store.get(key)
      return bytes && decode(bytes)
    } catch (error) {
      call.request.log.warn({ err: error }, 'the cache could not be read')
      return undefined
    }
  }

  async #write(bytes: Uint8Array, { key, options }: Asking, flight: Flight): Promise<void> {
    if (this.#flights.get(key) !== flight) return
    try {
      await this.#store.set(key, bytes, options.ttl * 1000)
    } catch (error) {
      flight.call.request.log.warn({ err: error }, 'the cache could not be written')
    }
  }
}

function prefixOf({ cache }: Config): string {
  return `${cache.namespace}:cache:`
}
