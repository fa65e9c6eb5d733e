import { setTimeout as sleep } from 'node:timers/promises'
import { answer, fakeProvider, sequence } from '../../fake-provider.ts'
import { arrangements } from './arrangements.ts'
import type { Outage } from './arrangements.ts'
import { Cleanup } from './cleanup.ts'
import { ManyWorkers } from './server.ts'

/** A run over one arrangement of Redis. */
export interface OutageReport {
  /** Requests that were answered with 200. */
  readonly answered: number
  /** Everything that went wrong; empty if nothing did. */
  readonly wrong: readonly string[]
}

const servers = 2
const workers = 2
/** Requests under way at one time. */
const width = 24
/** Requests of each phase. */
const requests = 150
/** Maximum concurrent calls to the provider, and calls of the limited model in a minute. */
const limits = { concurrent: 4, rpm: 30 }
const minuteMs = 60_000

/** Sends requests to two servers of two workers each while their Redis fails, and checks what its limits allow. */
export async function runOutages(name: keyof typeof arrangements): Promise<OutageReport> {
  const cleanup = new Cleanup()
  try {
    const { settings, outages } = await arrangements[name](cleanup)
    const scene = await Outages.start(cleanup, settings)
    await scene.whileShared('at the start')
    for (const outage of outages) await scene.suffer(outage)
    return { answered: scene.answered, wrong: scene.wrong.map(line => `Redis ${name} ${line}`) }
  } finally {
    await cleanup.run()
  }
}

class Outages {
  answered = 0
  readonly wrong: string[] = []
  readonly #servers: readonly ManyWorkers[]
  readonly #calls: CallCounter
  #sent = 0

  private constructor(all: readonly ManyWorkers[], calls: CallCounter) {
    this.#servers = all
    this.#calls = calls
  }

  static async start(cleanup: Cleanup, redis: object): Promise<Outages> {
    const calls = new CallCounter()
    const fake = await fakeProvider(
      cleanup,
      sequence(
        ({ request }) => calls.begin(request.body['model'] === 'limited'),
        () => sleep(5),
        () => calls.end(),
        answer(),
      ),
    )
    const entry = { base_url: fake.url, api_key: 'sk-test' }
    const config = {
      redis: { timeout: 0.2, ...redis },
      approach: 'proxy',
      providers: [
        {
          ...entry,
          name: 'wide',
          models: ['wide'],
          max_concurrent: limits.concurrent,
          rate_limit: { rpm: 1_000_000, tpm: 1_000_000_000 },
        },
        { ...entry, name: 'limited', models: ['limited'], rate_limit: { rpm: limits.rpm } },
      ],
      routing: { health_check: { enabled: false } },
      queue: { timeout: 20 },
      rate_limit: { requests: 1_000_000 },
      cache: { enabled: true },
      ledger: false,
    }
    const starting = Array.from({ length: servers }, () => ManyWorkers.start(cleanup, config, workers))
    return new Outages(await Promise.all(starting), calls)
  }

  /** Sends requests from the beginning of an outage to its end and beyond. */
  async suffer({ name, begin, end, isReplaced }: Outage): Promise<void> {
    this.#calls.forget()
    const beginAndSettle = async () => {
      await begin()
      if (!isReplaced) await this.#settled(end === undefined)
    }
    await Promise.all([this.#load(`when it ${name}`), beginAndSettle()])
    await this.#load(`after it ${name}`)
    if (isReplaced) await this.#settled(true)
    await end?.()
    await this.#load(`when what it ${name} is over`)
    const { most } = this.#calls
    if (most > limits.concurrent * servers * workers) this.wrong.push(`${most} calls at once when it ${name}`)
    await this.whileShared(`after it ${name}`)
  }

  /** Checks that limits hold for all servers together. */
  async whileShared(when: string): Promise<void> {
    await this.#settled(true)
    this.#calls.forget()
    await this.#load(when)
    const { most } = this.#calls
    if (most !== limits.concurrent) this.wrong.push(`${when}: ${most} calls at once`)
    const asking = Array.from({ length: 2 * limits.rpm }, () => this.#ask('limited'))
    const statuses = new Set(await Promise.all(asking))
    for (const status of [200, 429]) statuses.delete(status)
    if (statuses.size > 0) this.wrong.push(`${when}: limited calls got ${[...statuses].join(', ')}`)
    const inAMinute = this.#calls.mostLimited()
    if (inAMinute > limits.rpm) this.wrong.push(`${when}: ${inAMinute} limited calls in a minute`)
  }

  async #settled(isUp: boolean): Promise<void> {
    await Promise.all(this.#servers.map(server => server.reaches(isUp)))
  }

  async #load(when: string): Promise<void> {
    let left = requests
    const statuses = new Map<number, number>()
    const send = async () => {
      while (left-- > 0) {
        const status = await this.#ask('wide')
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: width }, send))
    this.answered += statuses.get(200) ?? 0
    statuses.delete(200)
    for (const [status, count] of statuses) this.wrong.push(`${when}: ${count} requests got ${status}`)
  }

  /** Resolves to the status; 0 if there was no answer. Asks half of the questions twice. */
  async #ask(model: string): Promise<number> {
    const number = this.#sent++
    const server = this.#servers[number % servers]!
    try {
      return await server.ask(model, `question ${number - (number % 4 === 0 ? 2 : 0)}`)
    } catch {
      return 0
    }
  }
}

/** Calls that the provider has received. */
class CallCounter {
  most = 0
  #running = 0
  readonly #limited: number[] = []

  begin(isLimited: boolean): void {
    if (isLimited) this.#limited.push(performance.now())
    this.most = Math.max(this.most, ++this.#running)
  }

  end(): void {
    this.#running--
  }

  forget(): void {
    this.most = this.#running
  }

  /** The most calls of the limited model in any minute. */
  mostLimited(): number {
    const counts = this.#limited.map(
      from => this.#limited.filter(at => at >= from && at < from + minuteMs).length,
    )
    return Math.max(0, ...counts)
  }
}
