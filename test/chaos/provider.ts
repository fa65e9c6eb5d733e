import { FakeProvider } from '../fake-provider.ts'
import type { Exchange } from '../fake-provider.ts'
import { framesOf } from '../fuzz/mutate/frames.ts'
import { Random } from '../fuzz/random.ts'
import { templateFor } from '../fuzz/upstream/template.ts'
import { plays, right } from './faults.ts'
import type { Frames } from './faults.ts'
import { markIn } from './request.ts'
import type { Request } from './request.ts'
import { sayingFor } from './saying.ts'

/** One call to a provider. */
export interface Call {
  readonly provider: string
  readonly play: string
  /** Milliseconds after which the whole answer had been sent to a caller who was still there; Infinity if it was not. */
  answeredMs: number
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
    const random = new Random(seed, mark.number, calls.length, 2)
    const [, play, perform] = isSound
      ? ([1, 'right', right] as const)
      : random.weighted(plays.map(one => [one[0], one] as const))
    const call: Call = { provider: name, play, answeredMs: Infinity }
    calls.push(call)
    const began = performance.now()
    const frames = framesFor(exchange, lookup(mark.number), seed, calls.length, random)
    await perform(exchange, frames, random)
    if (!exchange.over) call.answeredMs = performance.now() - began
  })
}

/** The right answer of the API that was called. */
function framesFor(
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
