import type { BaseLogger } from 'pino'
import type { ConfigView } from '../../config/current.ts'
import { textSettings } from '../../ledger/texts/settings.ts'
import { RedactingThread } from '../../ledger/texts/redacting-thread.ts'
import type { KeptTexts } from '../../ledger/texts/texts.ts'
import { reasonOf } from './collector.ts'
import type { TracedTexts } from './content.ts'

/** Texts for traces: as much of them as the ledger would keep, and redacted like those. Follows reloads. */
export class TraceTexts {
  readonly #currentConfig: ConfigView
  readonly #log: Pick<BaseLogger, 'warn'>
  readonly #thread: RedactingThread
  readonly #unsubscribe: () => void
  /** Whether it is logged that texts could not be redacted. */
  #warned = false

  constructor(currentConfig: ConfigView, log: Pick<BaseLogger, 'warn'>) {
    this.#currentConfig = currentConfig
    this.#log = log
    this.#thread = new RedactingThread(textSettings(currentConfig.value), reason => this.#warn(reason))
    this.#unsubscribe = currentConfig.subscribe(config => {
      this.#warned = false
      this.#thread.configure(textSettings(config))
    })
  }

  /** Maximum characters of a prompt or an answer. */
  get characters(): number {
    return this.#currentConfig.value.ledger.bodies.characters
  }

  /** Redacted texts in the same order; undefined, with a warning in the log, if they cannot be redacted. */
  async redacted(texts: readonly TracedTexts[]): Promise<readonly KeptTexts[] | undefined> {
    try {
      return await this.#thread.redact(texts)
    } catch (error) {
      this.#warn(reasonOf(error))
      return undefined
    }
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    await this.#thread.close()
  }

  #warn(reason: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#log.warn({ reason }, 'a text could not be redacted, and is not in its trace')
  }
}
