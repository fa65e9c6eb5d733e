import process from 'node:process'
import type { Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import type { MetricsText, ServerFigures, Siblings } from '../../server/metrics/fleet-metrics.ts'
import { answerCalls, Caller } from '../../store/channel.ts'
import type { Channel } from '../../store/channel.ts'
import type { Fleet } from '../../registry/fleet.ts'
import { RemoteHub } from '../../store/remote-hub.ts'
import { SharedStore } from '../../store/shared/shared-store.ts'
import type { Store } from '../../store/store.ts'

/** The variable in which the primary passes a worker its index, counted from 0, and the number of workers, as `0/4`. */
export const indexVariable = 'HULUMANAGE_WORKER_PLACE'
/** The variable with the port of earlier workers, which the configuration does not contain if it allows any port. */
export const portVariable = 'HULUMANAGE_WORKER_PORT'

/** The method that answers a question for a worker. */
const answerTo = (question: string) => `answer/${question}`

/** One of several processes that serve the same port: its connection to the primary. */
export class Worker implements Siblings {
  readonly #channel: Channel = {
    send: message => void process.send?.(message),
    onMessage: listener => void process.on('message', listener),
  }
  readonly #primary = new Caller(this.#channel)
  /** Answers to questions of the primary, and of other workers through it. */
  readonly #answers = new Map<string, (...values: readonly never[]) => unknown>()
  readonly #position = process.env[indexVariable]?.split('/').map(Number) ?? []

  /** Its place among the workers, counted from 0; its successor has the same if it crashes. */
  get index(): number {
    return this.#position[0] ?? 0
  }

  /** Opens the store that the primary holds for all workers. */
  async openStore(log: Logger): Promise<Store> {
    return await SharedStore.open(new RemoteHub(this.#channel), log)
  }

  /** Reduces the limits of one server to the share of this worker, so that all workers together have the whole. */
  shareOf = (config: Config): Config => {
    const { queue } = config
    const [index = 0, workers = 1] = this.#position
    const port = Number(process.env[portVariable] ?? config.port)
    const part = (whole: number) => Math.floor(whole / workers) + (index < whole % workers ? 1 : 0)
    const max_concurrent = Math.max(1, part(queue.max_concurrent))
    return { ...config, port, queue: { ...queue, max_concurrent, max_waiting: part(queue.max_waiting) } }
  }

  /** Reports that it is listening, with the text to print for the user. */
  async ready(welcome: string, url: string): Promise<void> {
    await this.#primary.call('ready', [welcome, Number(new URL(url).port)])
  }

  /** Stops keeping the process alive for messages of the primary. */
  unref(): void {
    process.channel?.unref()
  }

  constructor() {
    answerCalls(this.#channel, async (method, values) => {
      const answer = this.#answers.get(method)
      if (!answer) throw new Error(`this worker has no ${method}`)
      return await answer(...(values as readonly never[]))
    })
  }

  /** Answers the primary's requests for the figures of this worker. */
  share(figures: () => Promise<ServerFigures>): void {
    this.#answers.set('figures', figures)
  }

  readonly gather: Fleet['gather'] = (question, own) => {
    this.#answers.set(answerTo(question), own)
    return async (...values) => {
      try {
        return (await this.#primary.call('gather', [answerTo(question), values])) as ReturnType<typeof own>[]
      } catch {
        // The primary is busy or gone, and this worker knows its own answer.
        return [own(...values)]
      }
    }
  }

  /** The figures of all workers. */
  async metrics(): Promise<MetricsText> {
    return (await this.#primary.call('scrape', [])) as MetricsText
  }
}
