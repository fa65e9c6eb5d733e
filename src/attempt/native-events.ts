/** An event that breaks a stream off: the reader is told by the error, which is written anew. */
const broken = /^(?:event: ?|data: ?\{\s*"type"\s*:\s*")(?:error|response\.failed)\b/m

/** The name of an event that is more than a sign of life. */
const progress = /^event: ?(?!ping\b|keepalive\b)\S/m

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

  /** Takes text, cut anywhere; tells whether an event became whole that is progress, as a ping is not. */
  add(text: string): boolean {
    const all = this.#rest + text
    const end = Math.max(all.lastIndexOf('\n\n') + 2, all.lastIndexOf('\n\r\n') + 3)
    // Neither was found.
    if (end < 3) {
      this.#rest = all
      return false
    }
    const whole = all.slice(0, end)
    this.#ready += whole
    this.#rest = all.slice(end)
    return progress.test(whole)
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
