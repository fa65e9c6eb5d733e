import type { Logger } from 'pino'
import type { ConfigView } from '../config/current.ts'
import type { Config } from '../config/schema.ts'
import { background } from '../time/background.ts'
import type { Ledger, LedgerCounts, OpenLedger } from './ledger.ts'
import type { Retention } from './retention.ts'
import { CurrentTexts } from './texts/current-texts.ts'
import type { TextStore } from './texts/texts.ts'
import { ThreadLedger } from './thread/thread-ledger.ts'

/** The ledger of the running configuration: a reload may move it, switch it on or off, or change what it keeps. */
export class CurrentLedger implements OpenLedger {
  readonly #pathOf: (config: Config) => string
  readonly #log: Logger
  #open: { readonly path: string; readonly ledger: ThreadLedger } | undefined
  /** All ledgers so far; one that is closed keeps its counts. */
  readonly #opened: ThreadLedger[] = []
  readonly #texts: CurrentTexts
  #unsubscribe: (() => void) | undefined

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

  get counts(): LedgerCounts {
    const counts = this.#opened.map(ledger => ledger.counts)
    const sum = (name: keyof LedgerCounts) => counts.reduce((total, each) => total + each[name], 0)
    return { written: sum('written'), dropped: sum('dropped') }
  }

  /** Opens the ledger, and follows the reloads of the configuration. */
  follow(current: ConfigView): void {
    this.#apply(current.value)
    this.#unsubscribe = current.subscribe(next => this.#apply(next))
  }

  #apply(config: Config): void {
    const path = config.ledger.enabled ? this.#pathOf(config) : undefined
    this.#texts.apply(config, path)
    const retention = retentionOf(config)
    if (path !== undefined && path === this.#open?.path) return this.#open.ledger.retain(retention)
    if (this.#open) background(this.#open.ledger.close(), this.#log, 'the ledger did not close')
    this.#open = undefined
    if (path === undefined) return
    const ledger = new ThreadLedger({ path, retention }, this.#log)
    this.#opened.push(ledger)
    this.#open = { path, ledger }
  }

  async close(): Promise<void> {
    this.#unsubscribe?.()
    await Promise.all([this.#open?.ledger.close(), this.#texts.close()])
    this.#open = undefined
  }
}

/** The part of a configuration that says what its ledger keeps. */
export function retentionOf({ ledger }: Config): Retention {
  return { days: ledger.days, usageDays: ledger.usage_days, maxBytes: ledger.max_bytes }
}
