/** Milliseconds that a collector has to accept a message. */
const patienceMs = 10_000
/** Milliseconds for everything that is left when the server shuts down, whatever is on its way. */
const lastPatienceMs = 2_000

/** How long a collector is waited for: a shutdown must not take as long as all of its messages may. */
export class Patience {
  readonly #over = new AbortController()

  /** The limit of a message that is sent now. */
  limit(): AbortSignal {
    return AbortSignal.any([AbortSignal.timeout(patienceMs), this.#over.signal])
  }

  /** Begins the time for the message on its way and for all further ones. */
  end(): void {
    const last = AbortSignal.timeout(lastPatienceMs)
    last.addEventListener('abort', () => this.#over.abort(last.reason))
  }
}
