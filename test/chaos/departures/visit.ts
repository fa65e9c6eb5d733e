import { Counter } from '../../fake-provider/gate.ts'
import type { Random } from '../../fuzz/random.ts'
import { bodyOf, uuid } from '../request.ts'
import type { Request } from '../request.ts'
import { models } from './phases.ts'
import type { Phase } from './phases.ts'
import type { PlayName } from './plays.ts'

const dialects = ['chat', 'messages', 'responses', 'completions'] as const

/** A request as its providers know it. */
export class Visit {
  readonly request: Request
  readonly #plays: readonly PlayName[]
  readonly #reached = new Counter()
  readonly #running = new Set<Promise<void>>()
  #calls = 0

  constructor(request: Request, plays: readonly PlayName[]) {
    this.request = request
    this.#plays = plays
  }

  /** How the next call goes. */
  nextPlay(): PlayName {
    return this.#plays[Math.min(this.#calls++, this.#plays.length - 1)]!
  }

  /** Notes that a call has come so far that its client may leave. */
  readonly arrive = (): void => this.#reached.increment()

  /** Resolves when so many calls have come so far. */
  reached(count: number): Promise<void> {
    return this.#reached.reaches(count)
  }

  /** Adds a call that is being answered. */
  follow(call: Promise<void>): void {
    const running = call.finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Resolves to true when no call is being answered. */
  async over(): Promise<true> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    return true
  }
}

/** A request for a phase. */
export function requestIn(
  { model, chain = '', stream, callsTool }: Phase,
  number: number,
  random: Random,
): Request {
  const id = uuid(random)
  const dialect = random.pick(callsTool ? dialects.slice(0, -1) : dialects)
  const asked = { number, id, dialect, stream: stream ?? random.chance(0.5), callsTool: callsTool === true }
  const named = model ?? random.pick(models.single)
  const body = bodyOf(asked, chain === '' ? named : `${chain}-${named}`)
  return { ...asked, chain, isVaried: false, leave: undefined, body }
}
