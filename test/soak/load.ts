import { judge } from '../chaos/judge.ts'
import { CallLog, chaosProvider } from '../chaos/provider.ts'
import { chooseRequest } from '../chaos/request.ts'
import type { Request } from '../chaos/request.ts'
import { Scene } from '../chaos/scene.ts'
import type { Member } from '../chaos/scene.ts'

export interface LoadOptions {
  readonly seed: number
  /** The number of requests at full load. */
  readonly requests: number
  /** The number of requests at half load, which follow. */
  readonly half: number
  /** Requests under way at one time. */
  readonly width: number
  /** The number of requests between two measurements. */
  readonly every: number
  /** Is told each measurement as soon as it is taken. */
  readonly onSample: (sample: Sample) => void
}

/** The server after some requests. */
export interface Sample {
  /** The number of requests so far. */
  readonly after: number
  /** Bytes in use by objects and buffers, after a collection of garbage. */
  readonly bytes: number
  /** The 99th percentile of the event loop's delay since the last sample, in milliseconds. */
  readonly delayMs: number
  /** Requests per second since the last sample. */
  readonly rate: number
}

export interface LoadReport {
  readonly samples: readonly Sample[]
  /** At half of the rate that the server had at full load; undefined if no requests were wanted. */
  readonly half: Sample | undefined
  /** Everything that went wrong: answers that are not right, and what is left behind. */
  readonly wrong: readonly string[]
}

/** Milliseconds within which every answer must have ended. */
const deadlineMs = 60_000
/** Requests after which the server holds all that it keeps for any of them. */
const warmUp = 200

/** Sends requests of all dialects through one server over sound providers, and measures the server on the way. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const log = new CallLog()
  const lookup = (number: number) => chooseRequest(options.seed, number, 0)
  const provider = (name: string) => chaosProvider(name, options.seed, log, lookup, true)
  const members = new Map<string, Member>([
    ['chat', { fake: provider('chat'), entry: {} }],
    ['messages', { fake: provider('messages'), entry: { type: 'anthropic', api_key: 'key' } }],
    ['responses', { fake: provider('responses'), entry: { api: 'responses' } }],
  ])
  const settings = {
    timeouts: { total: deadlineMs / 1000 },
    routing: { health_check: { enabled: false } },
    // Kept responses and cached answers fill it soon; what grows then is held for good.
    cache: { max_bytes: 1024 * 1024 },
  }
  const scene = await Scene.start(members, settings, ['--expose-gc'])
  try {
    const load = new Load(options, scene, log, lookup)
    await load.send(warmUp)
    await scene.rest()
    const samples: Sample[] = []
    for (let sent = 0; sent < options.requests; sent += options.every) {
      const sample = await load.sample(Math.min(options.every, options.requests - sent))
      options.onSample(sample)
      samples.push(sample)
      for (const { fake } of members.values()) fake.forget()
    }
    const rate = samples.at(-1)?.rate ?? 0
    const half = options.half > 0 ? await load.sample(options.half, rate / 2) : undefined
    return { samples, half, wrong: [...load.wrong, ...(await scene.leftOver())] }
  } finally {
    await scene.stop()
  }
}

class Load {
  /** Faults of answers: at most a few, since one fault repeats. */
  readonly wrong: string[] = []
  readonly #options: LoadOptions
  readonly #scene: Scene
  readonly #log: CallLog
  readonly #lookup: (number: number) => Request
  #next = 0

  constructor(options: LoadOptions, scene: Scene, log: CallLog, lookup: (number: number) => Request) {
    this.#options = options
    this.#scene = scene
    this.#log = log
    this.#lookup = lookup
  }

  /** Sends some requests, at full load or `rate` of them in a second, and measures the server then. */
  async sample(count: number, rate?: number): Promise<Sample> {
    await this.#scene.subject.look()
    const began = performance.now()
    await this.send(count, rate)
    const seconds = (performance.now() - began) / 1000
    const { held } = await this.#scene.subject.look()
    const collected = await this.#scene.subject.collect()
    const { bytes = 0 } = collected.held ?? {}
    return { after: this.#next - warmUp, bytes, delayMs: held?.delayMs ?? 0, rate: count / seconds }
  }

  async send(count: number, rate = Infinity): Promise<void> {
    const end = this.#next + count
    const first = this.#next
    const began = performance.now()
    const worker = async (): Promise<void> => {
      while (this.#next < end && !this.#scene.subject.hasEnded) {
        const number = this.#next++
        const waitMs = began + ((number - first) / rate) * 1000 - performance.now()
        if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
        await this.#one(number)
      }
    }
    await Promise.all(Array.from({ length: this.#options.width }, worker))
  }

  async #one(number: number): Promise<void> {
    const request = this.#lookup(number)
    const outcome = await this.#scene.client.send(request, deadlineMs)
    const { ending, wrong } = judge(request, outcome, this.#log.take(number), deadlineMs)
    const faults = ending === 'whole' ? wrong : [`${ending}: ${outcome.status} ${outcome.text.slice(0, 300)}`]
    if (this.wrong.length < 10) this.wrong.push(...faults.map(fault => `request ${number}: ${fault}`))
  }
}
