import process from 'node:process'
import type { Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import type { MetricsText, ServerFigures } from '../../server/metrics/fleet-metrics.ts'
import type { Siblings } from '../../server/metrics/siblings.ts'
import { answerCalls, Caller } from '../../store/channel.ts'
import type { Channel } from '../../store/channel.ts'
import { RemoteCenter } from '../../store/remote-hub.ts'
import { SharedStore } from '../../store/shared/shared.ts'
import type { Store } from '../../store/store.ts'

/** Says which of the workers a process is, counted from 0, and of how many, as `0/4`: the primary sets it. */
export const placeVariable = 'HULUMANAGE_WORKER_PLACE'
/** The port that earlier workers had, where the configuration takes any. */
export const portVariable = 'HULUMANAGE_WORKER_PORT'

/** One of several processes that serve the same port, as it reaches the primary. */
export class Worker implements Siblings {
  readonly #channel: Channel = {
    send: message => void process.send?.(message),
    onMessage: listener => void process.on('message', listener),
  }
  readonly #primary = new Caller(this.#channel)
  readonly #place = process.env[placeVariable]?.split('/').map(Number) ?? []

  /** The store that the primary keeps for all of them. */
  async openStore(log: Logger): Promise<Store> {
    return await SharedStore.open(new RemoteCenter(this.#channel), log)
  }

  /** What this one may have of the limits that are a server's own, so that all have the whole. */
  shareOf = (config: Config): Config => {
    const { queue } = config
    const [place = 0, workers = 1] = this.#place
    const port = Number(process.env[portVariable] ?? config.port)
    const part = (whole: number) => Math.floor(whole / workers) + (place < whole % workers ? 1 : 0)
    const max_concurrent = Math.max(1, part(queue.max_concurrent))
    return { ...config, port, queue: { ...queue, max_concurrent, max_waiting: part(queue.max_waiting) } }
  }

  /** Tells that it listens, with the words for the one who has started the server. */
  async ready(welcome: string, url: string): Promise<void> {
    await this.#primary.call('ready', [welcome, Number(new URL(url).port)])
  }

  /** Waits for no word of the primary any more, so that the process can end. */
  letGo(): void {
    process.channel?.unref()
  }

  share(figures: () => Promise<ServerFigures>): void {
    answerCalls(this.#channel, figures)
  }

  async metrics(): Promise<MetricsText> {
    return (await this.#primary.call('scrape', [])) as MetricsText
  }
}
