import type { Center } from '../hub.ts'
import type { NoticeListener, Notices } from '../store.ts'

interface Posted {
  readonly text: string
  readonly until: number
}

/** Notices by way of a center. What could not be told while it was away is told when it is back. */
export class SharedNotices implements Notices {
  readonly #center: Center
  readonly #listeners = new Set<NoticeListener>()
  readonly #own = new Map<string, Posted>()
  readonly #up: () => boolean

  constructor(center: Center, up: () => boolean) {
    this.#center = center
    this.#up = up
  }

  post(topic: string, text: string, ttlMs: number): void {
    this.#own.set(topic, { text, until: performance.now() + ttlMs })
    if (this.#up()) this.#center.post(topic, text, ttlMs).catch(() => {})
  }

  subscribe(listener: NoticeListener): () => void {
    this.#listeners.add(listener)
    if (this.#up()) void this.#tellAll(listener)
    return () => this.#listeners.delete(listener)
  }

  heard(topic: string, text: string): void {
    this.#own.delete(topic)
    for (const listener of this.#listeners) listener(topic, text)
  }

  /** Tells the others what is new to them, and hears what is new here. */
  async renew(): Promise<void> {
    const now = performance.now()
    const posts = await this.#center.posts()
    const mine = [...this.#own].filter(([, { until }]) => until > now)
    for (const [topic, { text, until }] of mine) await this.#center.post(topic, text, until - now)
    const told = new Set(mine.map(([topic]) => topic))
    for (const [topic, text] of posts) if (!told.has(topic)) this.heard(topic, text)
  }

  /** Forgets what no longer stands. */
  sweep(): void {
    const now = performance.now()
    for (const [topic, { until }] of this.#own) if (until <= now) this.#own.delete(topic)
  }

  async #tellAll(listener: NoticeListener): Promise<void> {
    try {
      for (const [topic, text] of await this.#center.posts()) listener(topic, text)
    } catch {
      // What stands is heard when the center is back.
    }
  }
}
