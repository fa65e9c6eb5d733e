import type { BaseLogger } from 'pino'
import { z } from 'zod'
import type { Store } from '../../../src/store/store.ts'
import { parseJson } from '../../../src/text/json/parse.ts'

/** How long other servers find a notice: a drain has no end of its own. One year. */
const noticeMs = 31_536_000_000

const topicStart = 'drain/'

/** The last word about a provider, as servers exchange it. `at`: milliseconds since 1970. */
const drainNotice = z.object({
  drained: z.boolean(),
  at: z.number().min(0).max(8_640_000_000_000_000),
  by: z.string().optional(),
})
type DrainNotice = z.output<typeof drainNotice>

/** A provider that an operator has taken out of service. */
export interface Drain {
  /** Time at which it was drained, in ISO 8601. */
  readonly since: string
  /** Name of the operator; null if the server asks for no keys. */
  readonly by: string | null
}

/**
 * The providers that operators have drained, by name: they get no calls until they are resumed, whatever a reload does to
 * them. Servers that share the store tell each other; of two words about a provider, the later one counts, so that a server
 * that was away cannot bring back an older one.
 */
export class Drains {
  readonly #notices: Store['notices']
  readonly #log: Pick<BaseLogger, 'warn'>
  readonly #words = new Map<string, DrainNotice>()

  constructor(notices: Store['notices'], log: Pick<BaseLogger, 'warn'>) {
    this.#notices = notices
    this.#log = log
  }

  /** The drain of a provider; undefined if it may get calls. */
  of(name: string): Drain | undefined {
    const word = this.#words.get(name)
    return word?.drained ? { since: new Date(word.at).toISOString(), by: word.by ?? null } : undefined
  }

  /** Drains a provider or resumes it, here and at the other servers. Returns false if it is so already. */
  set(name: string, drained: boolean, by: string | undefined): boolean {
    const last = this.#words.get(name)
    const isSo = (last?.drained ?? false) === drained
    // A resume is told all the same: another server may have drained the provider, and this one not have heard of it yet.
    if (isSo && drained) return false
    // The clock of the server that had the last word may be ahead of this one.
    const word = { drained, at: Math.max(Date.now(), (last?.at ?? 0) + 1), ...(by !== undefined && { by }) }
    this.#words.set(name, word)
    this.#post(name, word)
    if (isSo) return false
    const words = drained ? 'provider drained; it gets no calls until it is resumed' : 'provider resumed'
    this.#log.warn({ provider: name, by }, words)
    return true
  }

  /** Applies the words of other servers, then calls `onChange`. Returns an unsubscribe function. */
  subscribe(onChange: () => void): () => void {
    return this.#notices.subscribe((topic, text) => {
      if (!topic.startsWith(topicStart)) return
      const name = decodedName(topic.slice(topicStart.length))
      const word = wordIn(text)
      if (name !== undefined && word && this.#adopt(name, word)) onChange()
    })
  }

  /** Whether a word of another server changes anything. */
  #adopt(name: string, word: DrainNotice): boolean {
    const last = this.#words.get(name)
    // Of two words of one moment, all servers take the same: a drain.
    const isTie = last?.at === word.at && word.drained && !last.drained
    if (last && last.at >= word.at && !isTie) {
      // Posted again by a server that was away: servers that start now must not find it.
      if (last.at > word.at) this.#post(name, last)
      return false
    }
    this.#words.set(name, word)
    return true
  }

  #post(name: string, word: DrainNotice): void {
    this.#notices.post(`${topicStart}${encodeURIComponent(name)}`, JSON.stringify(word), noticeMs)
  }
}

/** The name in a topic; undefined if it was not written by this program. */
function decodedName(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

/** Parses a notice; undefined if this version cannot read it. */
function wordIn(text: string): DrainNotice | undefined {
  try {
    return drainNotice.safeParse(parseJson(text)).data
  } catch {
    return undefined
  }
}
