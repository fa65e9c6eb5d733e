import type { Logger } from 'pino'
import type { Config } from '../../config/schema.ts'
import { background } from '../../time/background.ts'
import { mayKeepTexts, pathOfTexts, textSettings } from './settings.ts'
import type { KeptTexts, RequestTexts, TextKey, TextStore } from './texts.ts'
import { ThreadTexts } from './thread-texts.ts'

type Policy = Config['ledger']['bodies']

/** The texts of the running configuration: a reload may switch them on or off, or change what is kept. */
export class CurrentTexts {
  readonly #log: Logger
  #open: { readonly path: string; readonly texts: ThreadTexts } | undefined
  #value: TextStore | undefined
  /** All stores so far; one that is closed keeps its count. */
  readonly #opened: ThreadTexts[] = []

  constructor(log: Logger) {
    this.#log = log
  }

  /** Undefined while no texts may be kept. */
  get value(): TextStore | undefined {
    return this.#value
  }

  /** Requests since the start of this process whose texts could not be kept, or not all of them. */
  get dropped(): number {
    return this.#opened.reduce((sum, { dropped }) => sum + dropped, 0)
  }

  /** Follows a configuration whose ledger is at a path; undefined without a ledger. */
  apply(config: Config, ledger: string | undefined): void {
    const path = ledger !== undefined && mayKeepTexts(config) ? pathOfTexts(ledger) : undefined
    if (path !== this.#open?.path) this.#reopen(path, config)
    else this.#open?.texts.configure(textSettings(config))
    this.#value = this.#open && new ChosenTexts(this.#open.texts, config.ledger.bodies)
  }

  #reopen(path: string | undefined, config: Config): void {
    if (this.#open) background(this.#open.texts.close(), this.#log, 'closing the texts failed')
    this.#open = undefined
    if (path === undefined) return
    const texts = new ThreadTexts({ path, settings: textSettings(config) }, this.#log)
    this.#open = { path, texts }
    this.#opened.push(texts)
  }

  async close(): Promise<void> {
    this.#value = undefined
    await this.#open?.texts.close()
    this.#open = undefined
  }
}

/** The store under one configuration, which says whose texts are kept. */
class ChosenTexts implements TextStore {
  readonly #texts: ThreadTexts
  readonly #policy: Policy

  constructor(texts: ThreadTexts, policy: Policy) {
    this.#texts = texts
    this.#policy = policy
  }

  get characters(): number {
    return this.#policy.characters
  }

  keeps(asked: boolean): boolean {
    const { keep, sample, on_request: onRequest } = this.#policy
    // A client that asks must not be refused by chance.
    if (asked) return onRequest || keep === 'all'
    return keep === 'all' || (keep === 'sampled' && Math.random() < sample)
  }

  record(texts: RequestTexts): void {
    this.#texts.record(texts)
  }

  async read(key: TextKey): Promise<readonly KeptTexts[]> {
    return await this.#texts.read(key)
  }
}
