import type { FakeProvider } from '../fake-provider.ts'
import { Random } from '../fuzz/random.ts'
import { Gauge } from '../fuzz/subject/gauge.ts'
import { judge } from './judge.ts'
import type { Ending } from './judge.ts'
import { closingsOf, faultsOfLeaving } from './left-clients.ts'
import type { Closings, LeftClient } from './left-clients.ts'
import { CallLog, chaosProvider } from './provider.ts'
import type { Call } from './provider.ts'
import { chooseRequest } from './request.ts'
import type { Request } from './request.ts'
import { Scene } from './scene.ts'
import type { Member } from './scene.ts'

export interface ChaosOptions {
  readonly seed: number
  /** The number of requests. */
  readonly requests: number
  /** Requests under way at one time. */
  readonly width: number
  /** Share of the clients that disconnect. */
  readonly leaves: number
  /** Milliseconds of silence after which the server gives a provider up. */
  readonly patienceMs: number
}

/** The result of a run. */
export interface Report {
  readonly endings: Readonly<Record<Ending, number>>
  /** The number of calls to providers. */
  readonly calls: number
  /** How long calls outlasted clients that left. In it are the delays of the event loops on both sides. */
  readonly closings: Closings
  /** The delays of the event loops, as the 99th percentile in milliseconds: of the server, and of clients and providers. */
  readonly delays: { readonly server: number; readonly harness: number }
  /** Everything that went wrong, with the numbers of the requests; a rule has at most a few examples. */
  readonly wrong: readonly string[]
}

/** Milliseconds within which every answer must have ended. */
const deadlineMs = 60_000
/** Requests after which the server holds all that it keeps. */
const warmUp = 60
/** Requests after which a provider restarts, as a deployment does. */
const restartEvery = 400

/** The providers that fail, each of another kind or limit. */
const flaky: Readonly<Record<string, object>> = {
  'chat-a': { max_concurrent: 12 },
  'chat-b': { api_keys: ['key-one', 'key-two'] },
  messages: { type: 'anthropic', api_key: 'key' },
  responses: { api: 'responses', max_concurrent: 24 },
}

/** Sends the requests of a seed through a server whose providers fail, and judges every answer and what is left. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { seed, patienceMs } = options
  const log = new CallLog()
  const lookup = (number: number) => chooseRequest(seed, number, options.leaves)
  const members = new Map<string, Member>(
    Object.entries(flaky).map(([name, entry]) => [
      name,
      { entry, fake: chaosProvider(name, seed, log, lookup, false) },
    ]),
  )
  // With it, each request has an answer: any other end is a fault of the server.
  const sound = chaosProvider('sound', seed, log, lookup, true)
  members.set('sound', { fake: sound, entry: { fallback_only: true, timeout: deadlineMs / 1000 } })
  const scene = await Scene.start(members, settingsFor(patienceMs))
  try {
    const run = new Run(options, scene, log, lookup)
    await run.send(0, Math.min(warmUp, options.requests))
    await scene.rest()
    const gauge = new Gauge(() => 0)
    await run.send(
      warmUp,
      options.requests,
      [...members].slice(0, -1).map(([name, { fake }]) => ({ name, fake })),
    )
    const harness = gauge.read().delayMs
    const report = run.report(await scene.leftOver())
    return { ...report, delays: { server: scene.delayMs, harness } }
  } finally {
    await scene.stop()
  }
}

function settingsFor(patienceMs: number): object {
  const patience = patienceMs / 1000
  return {
    timeouts: { connect: 5, request: patience, idle: patience, total: deadlineMs / 1000 },
    queue: { max_concurrent: 32, max_waiting: 10_000 },
    routing: { strategy: 'round_robin', cooldown: 0.05, max_cooldown: 0.1, health_check: { enabled: false } },
  }
}

class Run {
  readonly #options: ChaosOptions
  readonly #scene: Scene
  readonly #log: CallLog
  readonly #lookup: (number: number) => Request
  readonly #endings: Record<Ending, number> = { whole: 0, broken: 0, refused: 0, left: 0 }
  readonly #wrong = new Map<string, string[]>()
  readonly #left: LeftClient[] = []
  #calls = 0

  constructor(options: ChaosOptions, scene: Scene, log: CallLog, lookup: (number: number) => Request) {
    this.#options = options
    this.#scene = scene
    this.#log = log
    this.#lookup = lookup
  }

  /** Sends the requests with these numbers, some at a time; now and then one of `restarting` restarts. */
  async send(from: number, to: number, restarting: readonly Restarting[] = []): Promise<void> {
    let next = from
    const random = new Random(this.#options.seed, from, 3)
    const restarts = new Set<Restarting>()
    const worker = async (): Promise<void> => {
      while (next < to && !this.#scene.subject.hasEnded) {
        const number = next++
        await this.#one(number)
        const provider =
          restarting.length > 0 && number % restartEvery === 0 ? random.pick(restarting) : undefined
        if (!provider || restarts.has(provider)) continue
        restarts.add(provider)
        this.#log.interrupt(provider.name)
        await provider.fake.stop()
        await provider.fake.start()
        restarts.delete(provider)
      }
    }
    await Promise.all(Array.from({ length: this.#options.width }, worker))
  }

  report(leftOver: readonly string[]): Omit<Report, 'delays'> {
    const wrong = [...this.#wrong].map(
      ([rule, examples]) => `${examples.length} times ${rule}\n${examples.slice(0, 3).join('\n')}`,
    )
    if (this.#log.unmarked > 0) wrong.push(`${this.#log.unmarked} calls without the mark of a request`)
    return {
      endings: this.#endings,
      calls: this.#calls,
      closings: closingsOf(this.#left),
      wrong: [...wrong, ...faultsOfLeaving(this.#left, this.#scene.late), ...leftOver],
    }
  }

  async #one(number: number): Promise<void> {
    const request = this.#lookup(number)
    const outcome = await this.#scene.client.send(request, deadlineMs)
    const { leftAt } = outcome
    if (leftAt !== undefined) this.#left.push(leftClient(request, leftAt, this.#log.of(number)))
    const calls = leftAt === undefined ? this.#log.take(number) : this.#log.of(number)
    this.#calls += calls.length
    const { ending, wrong } = judge(request, outcome, calls, this.#options.patienceMs)
    this.#endings[ending] += 1
    for (const rule of wrong) {
      const [kind = ''] = rule.split(':')
      const examples = this.#wrong.get(kind) ?? []
      this.#wrong.set(kind, examples)
      const plays = calls.map(({ provider, play }) => `${provider} ${play}`).join(', ')
      const { dialect, stream, chain, callsTool, isVaried } = request
      const what = JSON.stringify({ dialect, stream, chain, callsTool, isVaried })
      examples.push(
        `  ${number} ${what}: ${rule}\n    ${plays}\n    ${outcome.status} ${outcome.text.slice(-300)}`,
      )
    }
  }
}

function leftClient({ id, dialect, stream, chain, leave }: Request, leftAt: number, calls: readonly Call[]) {
  const what = `${stream ? 'a stream' : 'an answer'} of ${dialect}${chain && `, made by ${chain}`}`
  const count = calls.length === 1 ? '1 call' : `${calls.length} calls`
  return { id, phase: `${what}: by ${leave?.after}, after ${count}`, leftAt, calls }
}

interface Restarting {
  readonly name: string
  readonly fake: FakeProvider
}
