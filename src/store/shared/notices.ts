import type { NoticeListener, Notices } from '../store.ts'
import type { HubAccess } from './hub-access.ts'
import { detach } from '../../time/background.ts'

interface OwnNotice {
  readonly text: string
  readonly until: number
}

/** Notices exchanged through a hub. Notices posted while the hub is away are delivered when it is back. */
export class SharedNotices implements Notices {
  readonly #access: HubAccess
  readonly #listeners = new Set<NoticeListener>()
  readonly #own = new Map<string, OwnNotice>()

  constructor(access: HubAccess) {
    this.#access = access
  }

  post(topic: string, text: string, ttlMs: number): void {
    this.#own.set(topic, { text, until: performance.now() + ttlMs })
    if (this.#access.isUp()) this.#access.hub.post(topic, text, ttlMs).catch(() => {})
  }

  subscribe(listener: NoticeListener): () => void {
    this.#listeners.add(listener)
    if (this.#access.isUp()) detach(this.#deliverCurrent(listener), 'passing on notices')
    return () => this.#listeners.delete(listener)
  }

  /** Passes on a notice of another peer, which replaces one of our own on the same topic. */
  receive(topic: string, text: string): void {
    this.#own.delete(topic)
    for (const listener of this.#listeners) listener(topic, text)
  }

  /** Posts our notices again, and receives those of others; on the same topic, ours win. */
  async renew(): Promise<void> {
    const { hub } = this.#access
    const now = performance.now()
    const others = await hub.notices()
    const current = [...this.#own].filter(([, { until }]) => until > now)
    for (const [topic, { text, until }] of current) await hub.post(topic, text, until - now)
    const ours = new Set(current.map(([topic]) => topic))
    for (const [topic, text] of others) if (!ours.has(topic)) this.receive(topic, text)
  }

  /** Forgets our notices that have expired. */
  sweep(): void {
    const now = performance.now()
    for (const [topic, { until }] of this.#own) if (until <= now) this.#own.delete(topic)
  }

  async #deliverCurrent(listener: NoticeListener): Promise<void> {
    try {
      for (const [topic, text] of await this.#access.hub.notices()) listener(topic, text)
    } catch {
      // The current notices are received when the hub is back.
    }
  }
}
