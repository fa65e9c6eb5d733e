/** Milliseconds that a collector has to accept a message. */
const patienceMs = 10_000
/** Milliseconds for everything that is left when the server shuts down, whatever is on its way. */
const lastPatienceMs = 2_000

/** Limits the wait for a collector: a shutdown must not take as long as all of its messages may. */
export class Patience {
  /** Ends the newest message, which is the only one on its way. */
  #newest = new AbortController()
  /** The end of the time that is left in all, once the server shuts down. */
  #last: AbortSignal | undefined

  /** The limit of a message that is sent now, when there is no other on its way. */
  limit(): AbortSignal {
    // With a source of its own: one that outlives its signals keeps 2 KB for each of them on Node 22.
    this.#newest = new AbortController()
    return AbortSignal.any([AbortSignal.timeout(patienceMs), this.#last ?? this.#newest.signal])
  }

  /** Begins the time for the message on its way and for all further ones. */
  end(): void {
    const last = AbortSignal.timeout(lastPatienceMs)
    const newest = this.#newest
    last.addEventListener('abort', () => newest.abort(last.reason))
    this.#last = last
  }
}
