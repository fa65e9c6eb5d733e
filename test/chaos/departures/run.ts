import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../fuzz/random.ts'
import { Gauge } from '../../fuzz/subject/gauge.ts'
import { judge } from '../judge.ts'
import { closingsOf, faultsOfLeaving } from '../left-clients.ts'
import type { Closings, LeftClient } from '../left-clients.ts'
import { CallLog } from '../provider.ts'
import { Scene } from '../scene.ts'
import type { Member } from '../scene.ts'
import { bytesOf, departures, Guest } from './guest.ts'
import { hedgeMs, models, phases } from './phases.ts'
import type { Phase } from './phases.ts'
import { departureProvider } from './provider.ts'
import { requestIn, Visit } from './visit.ts'

export interface DepartureOptions {
  readonly seed: number
  /** The number of clients that leave. */
  readonly departures: number
  /** Requests under way at one time. */
  readonly width: number
}

/** The clients that left in one phase, and the calls that outlasted them. */
export interface PhaseReport extends Closings {
  readonly phase: string
  readonly left: number
  /** How many of them left although their request had not come so far in time. */
  readonly elsewhere: number
}

export interface DepartureReport {
  readonly phases: readonly PhaseReport[]
  readonly clients: readonly LeftClient[]
  /** Requests whose clients stayed. */
  readonly stayed: number
  /** The delays of the event loops, as the 99th percentile in milliseconds: of the server, and of clients and providers. */
  readonly delays: { readonly server: number; readonly harness: number }
  readonly wrong: readonly string[]
}

/** Milliseconds within which a request comes to its phase, and a call ends after its client has left. */
const patienceMs = 20_000
/** Seconds after which the server itself would end something: later than any client leaves. */
const never = 600
/** The most characters that are added to a request of which a part is sent. */
const longest = 300_000

const settings = {
  timeouts: { connect: 5, request: never, idle: never, total: never },
  queue: { max_concurrent: 1_000, max_waiting: 1_000, timeout: never },
  routing: {
    strategy: 'round_robin',
    failure_threshold: 1_000,
    health_check: { enabled: false },
    hedge: { after: hedgeMs / 1000, budget: 0.5 },
  },
}

const entries: Readonly<Record<string, object>> = {
  chat: { models: ['chat'] },
  messages: { models: ['messages'], type: 'anthropic', api_key: 'key' },
  responses: { models: ['responses'], api: 'responses' },
  left: { models: [models.pair] },
  right: { models: [models.pair] },
  again: { models: [models.again], retries: { max: 1, delay: 0.03 } },
  narrow: { models: [models.narrow], max_concurrent: 1 },
}

/** Lets clients leave in every phase of a request, and reports how long their calls outlasted them, and what is left. */
export async function runDepartures(options: DepartureOptions): Promise<DepartureReport> {
  const log = new CallLog()
  const visits = new Map<number, Visit>()
  const members = new Map<string, Member>(
    Object.entries(entries).map(([name, entry]) => [
      name,
      { entry, fake: departureProvider(name, options.seed, log, visits) },
    ]),
  )
  const scene = await Scene.start(members, settings)
  try {
    const run = new Run(options, scene, log, visits)
    await run.warmUp()
    await scene.rest()
    const gauge = new Gauge(() => 0)
    await run.all()
    const harness = gauge.read().delayMs
    return { ...(await run.report()), delays: { server: scene.delayMs, harness } }
  } finally {
    await scene.stop()
  }
}

class Run {
  readonly #options: DepartureOptions
  readonly #scene: Scene
  readonly #log: CallLog
  readonly #visits: Map<number, Visit>
  readonly #left: LeftClient[] = []
  readonly #elsewhere = new Map<string, number>()
  readonly #wrong: string[] = []
  #number = 0
  #stayed = 0

  constructor(options: DepartureOptions, scene: Scene, log: CallLog, visits: Map<number, Visit>) {
    this.#options = options
    this.#scene = scene
    this.#log = log
    this.#visits = visits
  }

  /** Asks every provider and step once, so that the server holds all that it keeps. */
  async warmUp(): Promise<void> {
    for (const phase of phases) {
      await this.#ask(phase)
      await this.#depart({ ...phase, plays: ['hold'], leaves: 'sent' })
    }
    this.#left.length = 0
  }

  async all(): Promise<void> {
    const share = Math.ceil(this.#options.departures / phases.length)
    for (const phase of phases) {
      if (phase.model !== models.narrow) {
        await this.#phase(phase, share)
        continue
      }
      // One client has the slot while the others wait for it.
      await this.#depart({ ...phase, name: 'that others wait behind', leaves: 1 }, async () => {
        await this.#phase(phase, share)
        // By the answer to somebody else, the server knows that they have left.
        await this.#ask({ ...phase, model: models.pair })
      })
    }
  }

  async #phase(phase: Phase, count: number): Promise<void> {
    let begun = 0
    const worker = async (): Promise<void> => {
      while (begun < count && !this.#scene.subject.hasEnded) {
        begun += 1
        await this.#depart(phase)
        for (let index = 0; index < (phase.stay ?? 0); index += 1) await this.#stay(phase)
      }
    }
    await Promise.all(Array.from({ length: this.#options.width }, worker))
  }

  /** Sends a request and leaves in the phase. `meanwhile`: done before it leaves. */
  async #depart(phase: Phase, meanwhile?: () => Promise<void>): Promise<void> {
    const { leaves, withinMs: [least, most] = [0, 8] } = phase
    const { random, visit, number } = this.#begin(phase)
    const guest = new Guest(this.#scene.subject.port)
    const bytes = bytesOf(visit.request, leaves === 'sending' ? random.integer(0, longest) : 0)
    const sent = guest.send(
      leaves === 'sending' ? bytes.subarray(0, random.integer(1, bytes.length - 1)) : bytes,
    )
    const place = typeof leaves === 'number' ? visit.reached(leaves) : leaves === 'heard' ? guest.heard : sent
    const isThere = await within(Promise.race([place.then(() => true), guest.ended.then(() => false)]))
    if (isThere !== true) this.#elsewhere.set(phase.name, (this.#elsewhere.get(phase.name) ?? 0) + 1)
    await meanwhile?.()
    const delay = random.integer(least, most)
    if (delay > 0) await sleep(delay)
    const leftAt = performance.now()
    if (!guest.hasEnded) {
      this.#left.push({ id: visit.request.id, phase: phase.name, leftAt, calls: this.#log.of(number) })
      guest.leave(random.pick(departures))
    }
    if (!(await within(visit.over())))
      this.#wrong.push(`a call is still open after its client left ${phase.name}`)
    guest.destroy()
  }

  /** Sends a request whose client stays, and judges its answer. */
  async #stay(phase: Phase): Promise<void> {
    const { visit, number, outcome } = await this.#ask(phase)
    this.#stayed += 1
    const { wrong } = judge(visit.request, outcome, this.#log.of(number), 0)
    for (const rule of wrong)
      this.#wrong.push(`${rule}, for a client that stays while others leave ${phase.name}`)
  }

  /** Sends a request that is answered at once. */
  async #ask(phase: Phase) {
    const { visit, number } = this.#begin({ ...phase, plays: ['right'] })
    return { visit, number, outcome: await this.#scene.client.send(visit.request, patienceMs) }
  }

  #begin(phase: Phase): { readonly random: Random; readonly visit: Visit; readonly number: number } {
    const number = this.#number++
    const random = new Random(this.#options.seed, number, 4)
    const visit = new Visit(requestIn(phase, number, random), phase.plays)
    this.#visits.set(number, visit)
    return { random, visit, number }
  }

  async report(): Promise<Omit<DepartureReport, 'delays'>> {
    const leftOver = await this.#scene.leftOver()
    const byPhase = Map.groupBy(this.#left, ({ phase }) => phase)
    return {
      phases: [...byPhase].map(([phase, left]) => ({
        phase,
        left: left.length,
        elsewhere: this.#elsewhere.get(phase) ?? 0,
        ...closingsOf(left),
      })),
      clients: this.#left,
      stayed: this.#stayed,
      wrong: [...this.#wrong, ...faultsOfLeaving(this.#left, this.#scene.late), ...leftOver],
    }
  }
}

/** The value of a promise, or undefined if it does not come in time. */
async function within<T>(promise: Promise<T>): Promise<T | undefined> {
  const given = new AbortController()
  const late = sleep(patienceMs, undefined, { signal: given.signal }).catch(() => undefined)
  const value = await Promise.race([promise, late])
  given.abort()
  return value
}
