import { FakeProvider } from '../fake-provider.ts'
import type { Exchange } from '../fake-provider.ts'
import { framesOf } from '../fuzz/mutate/frames.ts'
import { Random } from '../fuzz/random.ts'
import { templateFor } from '../fuzz/upstream/template.ts'
import { plays, right, waits } from './faults.ts'
import type { Frames } from './faults.ts'
import { markIn } from './request.ts'
import type { Request } from './request.ts'
import { sayingFor } from './saying.ts'

/** One call to a provider. */
export interface Call {
  readonly provider: string
  readonly play: string
  /** When it arrived, on the clock of `performance.now()`. */
  readonly beganAt: number
  /**
   * When the whole answer had been sent to a caller who was still there, on the same clock; Infinity if it was not, or
   * may not have arrived.
   */
  answeredAt: number
  /** When the answer had ended in some way, or its caller had gone; Infinity until then. */
  endedAt: number
}

/** Looks up a request by its number. */
export type Lookup = (number: number) => Request

/** The calls of all requests, in order. */
export class CallLog {
  readonly #byRequest = new Map<number, Call[]>()
  /** The number of calls without the mark of a request. */
  unmarked = 0

  of(number: number): Call[] {
    let calls = this.#byRequest.get(number)
    if (!calls) this.#byRequest.set(number, (calls = []))
    return calls
  }

  /** Adds a call that has arrived. */
  begin(number: number, provider: string, play: string): Call {
    const call = { provider, play, beganAt: performance.now(), answeredAt: Infinity, endedAt: Infinity }
    this.of(number).push(call)
    return call
  }

  /** Notes that a provider restarts: its last answers may be lost on the way, since a reset drops what is not read yet. */
  interrupt(provider: string): void {
    for (const calls of this.#byRequest.values())
      for (const call of calls) if (call.provider === provider) call.answeredAt = Infinity
  }

  /** The calls of a request that has ended, which are forgotten. */
  take(number: number): readonly Call[] {
    const calls = this.#byRequest.get(number) ?? []
    this.#byRequest.delete(number)
    return calls
  }
}

/** A provider that answers requests by their marks, or fails as the seed decides. `isSound`: whether it never fails. */
export function chaosProvider(
  name: string,
  seed: number,
  log: CallLog,
  lookup: Lookup,
  isSound: boolean,
): FakeProvider {
  return new FakeProvider(async exchange => {
    const mark = markIn(exchange.request.text)
    if (!mark) {
      log.unmarked += 1
      return
    }
    const calls = log.of(mark.number)
    const request = lookup(mark.number)
    const random = new Random(seed, mark.number, calls.length, 2)
    const [, play, perform] = isSound
      ? ([1, 'right', right] as const)
      : random.weighted(playsFor(request, random).map(one => [one[0], one] as const))
    const call = log.begin(mark.number, name, play)
    const frames = framesFor(exchange, request, seed, log.of(mark.number).length, random)
    await follow(call, exchange, () => perform(exchange, frames, random))
  })
}

/** The ways in which calls go: a client that leaves while it waits is often kept waiting. */
function playsFor({ leave }: Request, random: Random): typeof plays {
  return leave?.after === 'waited' && random.chance(0.7) ? waits : plays
}

/** Notes when a call ends, whose answer is `perform`. */
export async function follow(call: Call, exchange: Exchange, perform: () => Promise<void>): Promise<void> {
  const end = () => (call.endedAt = Math.min(call.endedAt, performance.now()))
  void exchange.request.aborted.then(end)
  await perform()
  end()
  if (!exchange.over) call.answeredAt = performance.now()
}

/** The right answer of the API that was called. */
export function framesFor(
  { request: { path, text, body } }: Exchange,
  request: Request,
  seed: number,
  call: number,
  random: Random,
): Frames {
  const { whole, events } = templateFor(path, sayingFor(request, seed, call, text))
  if (body['stream'] === true) return { isStream: true, parts: framesOf(random, events) }
  const json = Buffer.from(JSON.stringify(whole)).toString('latin1')
  return { isStream: false, parts: json.match(/[^]{1,200}/g) ?? [] }
}
