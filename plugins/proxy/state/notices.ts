import type { Store } from '../../../src/store/store.ts'
import type { Breaker } from './breaker.ts'
import type { KeyRing, RingKey } from './key-ring.ts'
import { parseBreakerNotice, parseKeyNotice } from './notice-format.ts'
import type { BreakerNotice } from './notice-format.ts'

/** How long a notice about an open breaker outlives its pause: until a probe has had time to succeed. */
const untilProbedMs = 60_000
/** Lifetime of an all-clear: it is for servers that hold an earlier notice, not for ones that start later. */
const allClearMs = 1_000

/** The state of one provider, as far as servers exchange it. */
export interface SharedState {
  readonly name: string
  readonly breaker: Breaker
  readonly keys: KeyRing | undefined
}

/** Exchanges findings about providers and keys with the servers that share the store. */
export class Notices {
  readonly #notices: Store['notices']
  readonly #states: () => readonly SharedState[]

  /** `states` returns the current state of each provider. */
  constructor(notices: Store['notices'], states: () => readonly SharedState[]) {
    this.#notices = notices
    this.#states = states
  }

  /** Posts the verdict of a provider's breaker. A state that a reload has replaced has nothing to report. */
  postBreaker(state: SharedState): void {
    if (!this.#states().includes(state)) return
    const notice = state.breaker.notice(performance.now())
    const topic = `provider/${encodeURIComponent(state.name)}`
    this.#notices.post(topic, JSON.stringify(notice), lifetimeOf(notice))
  }

  /** Posts how long a key is set aside, or that it works again. */
  postKey(state: SharedState, { digest, restsUntil, strikes }: RingKey): void {
    if (!this.#states().includes(state)) return
    const restMs = Math.max(0, restsUntil - performance.now())
    const topic = `key/${encodeURIComponent(state.name)}/${digest}`
    this.#notices.post(topic, JSON.stringify({ restMs, strikes }), Math.max(allClearMs, restMs))
  }

  /** Applies what other servers post, then calls `onChange`. Returns an unsubscribe function. */
  subscribe(onChange: () => void): () => void {
    return this.#notices.subscribe((topic, text) => {
      this.#apply(topic.split('/'), text)
      onChange()
    })
  }

  /** Ignores unknown notices: they come from another version, or concern a provider that this server lacks. */
  #apply([subject, encoded, digest = '']: readonly string[], text: string): void {
    const state = this.#states().find(({ name }) => encodeURIComponent(name) === encoded)
    if (!state) return
    const now = performance.now()
    if (subject === 'provider') {
      const notice = parseBreakerNotice(text)
      if (notice) state.breaker.adopt(notice, now)
    } else if (subject === 'key' && state.keys) {
      const notice = parseKeyNotice(text)
      if (notice) state.keys.adopt(digest, notice, now)
    }
  }
}

function lifetimeOf({ open, openMs, limitedMs, models }: BreakerNotice): number {
  return Math.max(allClearMs, open ? openMs + untilProbedMs : 0, limitedMs, ...Object.values(models))
}
