import { inMemory } from '../sqlite/path.ts'
import { OwnThread, workerBeside } from '../thread/own-thread.ts'
import type { News, ThreadStart, ToThread } from './messages.ts'
import type { TextSettings } from './settings.ts'
import type { KeptTexts, SentTexts } from './texts.ts'

/** Redacts texts that are sent elsewhere, in a thread of its own, by the rules for those that the ledger keeps. */
export class RedactingThread {
  readonly #thread: OwnThread<ToThread, News>
  #settings: TextSettings

  /** `onFailure` is called with the reason when a prompt or an answer cannot be redacted; it is then left out. */
  constructor(settings: TextSettings, onFailure: (reason: string) => void) {
    this.#settings = settings
    this.#thread = new OwnThread({
      program: workerBeside(import.meta.url),
      // It keeps nothing, so its database is never opened.
      path: inMemory,
      data: () => ({ path: inMemory, settings: this.#settings }) satisfies ThreadStart,
      onMessage: message => {
        if (message.kind === 'unredacted') onFailure(message.reason)
      },
      onEnd: () => {},
    })
  }

  /** Changes what is left out. */
  configure(settings: TextSettings): void {
    this.#settings = settings
    if (this.#thread.isRunning) this.#thread.post({ kind: 'settings', settings })
  }

  /** Texts without what must not leave the server. Rejects if nothing can be redacted, such as without its module. */
  async redact(texts: readonly SentTexts[]): Promise<readonly KeptTexts[]> {
    return (await this.#thread.ask(id => ({ kind: 'redact', id, texts }))) as readonly KeptTexts[]
  }

  async close(): Promise<void> {
    await this.#thread.close({ kind: 'close' })
  }
}
