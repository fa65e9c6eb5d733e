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
  /** Adopts the verdict of another server. */
  readonly adopt: (notice: BreakerNotice, now: number) => void
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
  postKey(state: SharedState, { digest, restsUntil, strikes, rests }: RingKey): void {
    if (!this.#states().includes(state)) return
    const now = performance.now()
    const restMs = Math.max(0, restsUntil - now)
    const models = Object.fromEntries(
      Object.entries(rests?.notice(now) ?? {}).map(([name, { ms }]) => [name, ms]),
    )
    const lifetime = Math.max(allClearMs, restMs, ...Object.values(models))
    const topic = `key/${encodeURIComponent(state.name)}/${digest}`
    this.#notices.post(topic, JSON.stringify({ restMs, strikes, models }), lifetime)
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
      if (notice) state.adopt(notice, now)
    } else if (subject === 'key' && state.keys) {
      const notice = parseKeyNotice(text)
      if (notice) state.keys.adopt(digest, notice, now)
    }
  }
}

function lifetimeOf({ provider, models, rests }: BreakerNotice): number {
  const open = [provider, ...Object.values(models)].filter(({ cause }) => cause !== undefined)
  return Math.max(
    allClearMs,
    ...open.map(({ openMs }) => openMs + untilProbedMs),
    ...Object.values(rests).map(({ ms }) => ms),
  )
}
