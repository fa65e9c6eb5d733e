import type { Logger } from 'pino'
import type { ConfigView } from '../config/current.ts'
import type { Config } from '../config/schema.ts'
import { background } from '../time/background.ts'
import type { Ledger, LedgerCounts, OpenLedger } from './ledger.ts'
import { openLedger, retentionOf } from './open.ts'
import type { BoundedLedger } from './open.ts'
import { CurrentTexts } from './texts/current-texts.ts'
import type { TextStore } from './texts/texts.ts'

/** The ledger of the running configuration: a reload may move it, switch it on or off, or change what it keeps. */
export class CurrentLedger implements OpenLedger {
  readonly #pathOf: (config: Config) => string
  readonly #log: Logger
  #open: { readonly place: string; readonly ledger: BoundedLedger } | undefined
  /** All ledgers so far; one that is closed keeps its counts. */
  readonly #opened: BoundedLedger[] = []
  readonly #texts: CurrentTexts
  #unsubscribe: (() => void) | undefined
  /** Reloads are followed one after another. */
  #applied: Promise<void> = Promise.resolve()

  /** `pathOf`: the file of the ledger under a configuration. */
  constructor(pathOf: (config: Config) => string, log: Logger) {
    this.#pathOf = pathOf
    this.#log = log
    this.#texts = new CurrentTexts(log)
  }

  /** The ledger; undefined while it is switched off. */
  get value(): Ledger | undefined {
    return this.#open?.ledger
  }

  get texts(): TextStore | undefined {
    return this.#texts.value
  }

  get textsDropped(): number {
    return this.#texts.dropped
  }

  get counts(): LedgerCounts {
    const counts = this.#opened.map(ledger => ledger.counts)
    const sum = (name: 'written' | 'dropped') => counts.reduce((total, each) => total + each[name], 0)
    const { waiting = 0, isFailing = false } = this.#open?.ledger.counts ?? {}
    return { written: sum('written'), dropped: sum('dropped'), waiting, isFailing }
  }

  /** Opens the ledger, and follows the reloads of the configuration. Throws `missing_package` if its client is not installed. */
  async follow(current: ConfigView): Promise<void> {
    await this.#apply(current.value)
    this.#unsubscribe = current.subscribe(next => {
      this.#applied = this.#applyAfter(this.#applied, next)
    })
  }

  /** Never rejects: a ledger that cannot be moved stays where it is. */
  async #applyAfter(earlier: Promise<void>, config: Config): Promise<void> {
    await earlier
    try {
      await this.#apply(config)
    } catch (error) {
      this.#log.error({ err: error }, 'the ledger stays where it is')
    }
  }

  async #apply(config: Config): Promise<void> {
    const path = config.ledger.enabled ? this.#pathOf(config) : undefined
    this.#texts.apply(config, path)
    const place = path === undefined ? undefined : (config.ledger.url ?? path)
    if (place !== undefined && place === this.#open?.place)
      return this.#open.ledger.retain(retentionOf(config))
    const ledger = place === undefined ? undefined : await openLedger(config, place, this.#log)
    if (this.#open) background(this.#open.ledger.close(), this.#log, 'the ledger did not close')
    this.#open = ledger && { place: place!, ledger }
    if (ledger) this.#opened.push(ledger)
    ledger?.prepare?.()
  }

  async close(): Promise<void> {
    this.#unsubscribe?.()
    await this.#applied
    await Promise.all([this.#open?.ledger.close(), this.#texts.close()])
    this.#open = undefined
  }
}
