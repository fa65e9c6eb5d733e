import { isObject } from '../../dialects/check.ts'
import type { ValueStore } from '../../store/store.ts'
import { readStoredId } from '../../text/stored-id.ts'

/** Milliseconds for which a response can be continued. */
const keptMs = 60 * 60 * 1000
/** Maximum bytes of a response that is kept, together with what led to it. */
const maxBytes = 4 * 1024 * 1024

type Item = Readonly<Record<string, unknown>>

/** A response and the conversation that led to it. */
interface Kept {
  readonly input: readonly unknown[]
  readonly output: readonly unknown[]
}

/**
 * The newest responses that this server made itself, so that a client may name them and their items instead of sending
 * them again. They are kept for an hour, as long as there is room, and only for clients with the same key.
 */
export class KeptResponses {
  readonly #values: ValueStore
  readonly #prefix: string

  /** `tenant` distinguishes clients: one never sees the responses of another. */
  constructor(values: ValueStore, tenant: string | undefined) {
    this.#values = values
    this.#prefix = `responses:${tenant ?? ''}:`
  }

  /**
   * The body with what it names put in place. What is unknown stays, since a provider may know it. Never rejects: without
   * the store, everything is unknown.
   */
  async resolve(body: unknown): Promise<unknown> {
    if (!isObject(body)) return body
    const { previous_response_id: previous, input } = body
    const earlier = await this.#earlier(previous)
    const own = Array.isArray(input) ? await this.#withItems(input) : input
    if (!earlier) return own === input ? body : { ...body, input: own }
    const { previous_response_id: _previous, ...rest } = body
    return { ...rest, input: [...earlier.input, ...earlier.output, ...itemsOf(own)] }
  }

  /** Keeps a response that has ended. A failure of the store loses it, as if it had expired. */
  async keep(body: unknown, response: Item): Promise<void> {
    const { id, output } = response
    if (!isObject(body) || typeof id !== 'string' || !Array.isArray(output)) return
    const record = bytesOf({ input: itemsOf(body['input']), output })
    if (record.length > maxBytes) return
    const items = (output as readonly Item[]).map(item =>
      this.#set(`item:${String(item['id'])}`, bytesOf(item)),
    )
    await Promise.all([this.#set(`response:${id}`, record), ...items])
  }

  async #earlier(id: unknown): Promise<Kept | undefined> {
    if (typeof id !== 'string' || readStoredId(id)) return undefined
    const kept = await this.#get(`response:${id}`)
    const { input, output } = (kept ?? {}) as Partial<Kept>
    return Array.isArray(input) && Array.isArray(output) ? { input, output } : undefined
  }

  async #withItems(input: readonly unknown[]): Promise<readonly unknown[]> {
    if (!input.some(isReference)) return input
    return await Promise.all(input.map(item => (isReference(item) ? this.#item(item) : item)))
  }

  /** A reference that is unknown stays: a provider that speaks Responses may know it. */
  async #item(reference: Item): Promise<unknown> {
    return (await this.#get(`item:${String(reference['id'])}`)) ?? reference
  }

  async #get(key: string): Promise<unknown> {
    const bytes = await this.#values.get(this.#prefix + key).catch(() => undefined)
    return bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown)
  }

  async #set(key: string, value: Uint8Array): Promise<void> {
    await this.#values.set(this.#prefix + key, value, keptMs).catch(() => undefined)
  }
}

function isReference(item: unknown): item is Item {
  if (!isObject(item) || typeof item['id'] !== 'string') return false
  return item['type'] === 'item_reference' || (item['type'] == null && item['role'] === undefined)
}

function itemsOf(input: unknown): readonly unknown[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  return Array.isArray(input) ? input : []
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
