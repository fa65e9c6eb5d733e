/** Milliseconds over which a quota counts. */
const windowMs = 60_000
/** Used records at the front of the list before they are cut off. */
const slack = 1_024

interface Use {
  readonly at: number
  readonly tokens: number
}

/** The quota of a provider: it allows so many calls and tokens in any 60 seconds, and counts only calls that it allows. */
export class Quota {
  readonly #rpm: number
  readonly #tpm: number
  #uses: Use[] = []
  #first = 0
  #tokens = 0

  constructor({
    rpm = Infinity,
    tpm = Infinity,
  }: {
    readonly rpm?: number | undefined
    readonly tpm?: number | undefined
  }) {
    this.#rpm = rpm
    this.#tpm = tpm
  }

  /** Takes a call if it is within the quota. Returns the milliseconds until one may be; 0 if it was taken. */
  take(tokens: number, now: number): number {
    if (this.#rpm === Infinity && this.#tpm === Infinity) return 0
    this.#forget(now - windowMs)
    const last = this.#lastInTheWay(tokens)
    if (last) return Math.max(1, last.at + windowMs - now)
    this.#uses.push({ at: now, tokens })
    this.#tokens += tokens
    return 0
  }

  /** The last of the uses that a call has to outwait, which are the oldest ones; undefined if there is room for it. */
  #lastInTheWay(tokens: number): Use | undefined {
    let index = Math.max(this.#first, this.#uses.length - this.#rpm + 1)
    const freed = this.#uses.slice(this.#first, index).reduce((sum, use) => sum + use.tokens, 0)
    let counted = this.#tokens - freed
    // A call that is larger than the whole quota is allowed when nothing else counts.
    while (counted > 0 && counted + tokens > this.#tpm) counted -= this.#uses[index++]!.tokens
    return index > this.#first ? this.#uses[index - 1] : undefined
  }

  #forget(until: number): void {
    for (let use = this.#uses[this.#first]; use && use.at <= until; use = this.#uses[this.#first]) {
      this.#tokens -= use.tokens
      this.#first += 1
    }
    if (this.#first < slack) return
    this.#uses = this.#uses.slice(this.#first)
    this.#first = 0
  }
}
