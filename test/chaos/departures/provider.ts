import { FakeProvider } from '../../fake-provider.ts'
import { Random } from '../../fuzz/random.ts'
import { follow, framesFor } from '../provider.ts'
import type { CallLog } from '../provider.ts'
import { markIn } from '../request.ts'
import { plays } from './plays.ts'
import type { Visit } from './visit.ts'

/** A provider that answers each request as its phase wants it. */
export function departureProvider(
  name: string,
  seed: number,
  log: CallLog,
  visits: ReadonlyMap<number, Visit>,
): FakeProvider {
  return new FakeProvider(async exchange => {
    const mark = markIn(exchange.request.text)
    const visit = mark && visits.get(mark.number)
    if (!visit) throw new Error(`a call without the mark of a request: ${exchange.request.text}`)
    const { request, arrive } = visit
    const play = visit.nextPlay()
    const call = log.begin(mark.number, name, play)
    const count = log.of(mark.number).length
    const random = new Random(seed, mark.number, count, 5)
    const frames = framesFor(exchange, request, seed, count, random)
    const answered = follow(call, exchange, () => plays[play]({ exchange, frames, random, reached: arrive }))
    visit.follow(answered)
    await answered
  })
}
