/** An event that breaks a stream off: the reader is told by the error, which is written anew. */
const broken = /^(?:event: ?|data: ?\{\s*"type"\s*:\s*")(?:error|response\.failed)\b/m

/** A stream's events as they came, for a client that speaks what the service speaks; only whole ones go on. */
export class RelayedEvents {
  readonly dialect: string
  readonly #change: ((events: string) => string) | undefined
  #rest = ''
  #ready = ''

  constructor(dialect: string, change?: (events: string) => string) {
    this.dialect = dialect
    this.#change = change
  }

  /** Takes text, cut anywhere. */
  add(text: string): void {
    const all = this.#rest + text
    const end = Math.max(all.lastIndexOf('\n\n') + 2, all.lastIndexOf('\n\r\n') + 3)
    // Neither was found.
    if (end < 3) {
      this.#rest = all
      return
    }
    this.#ready += all.slice(0, end)
    this.#rest = all.slice(end)
  }

  /** Everything that is whole and was not taken. */
  take(): string {
    const events = broken.test(this.#ready) ? withoutBroken(this.#ready) : this.#ready
    this.#ready = ''
    return events === '' ? '' : (this.#change?.(events) ?? events)
  }
}

function withoutBroken(events: string): string {
  return events
    .split(/(?<=\n\r?\n)/)
    .filter(event => !broken.test(event))
    .join('')
}
