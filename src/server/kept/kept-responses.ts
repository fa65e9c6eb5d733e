import { textOf } from '../../chat/read/fields.ts'
import type { Config } from '../../config/schema.ts'
import { isObject } from '../../dialects/check.ts'
import type { ValueStore } from '../../store/store.ts'
import { readStoredId } from '../../text/stored-id.ts'
import { parseJson } from '../../text/json/parse.ts'

type Item = Readonly<Record<string, unknown>>
type Settings = Config['kept_responses']

/** A response as sent to the client, and the conversation that led to it. */
export interface Kept {
  readonly input: readonly unknown[]
  readonly response: Item & { readonly output: readonly unknown[] }
}

/** A body whose references have been replaced. */
export interface Resolved {
  readonly body: unknown
  /** The id of the response that it continues, if that was inserted. */
  readonly previous: string | undefined
}

/**
 * The newest responses that this server composed itself, so that a client may refer to them and their items instead of
 * sending them again. They are kept for the configured time while there is room, and only for the client that asked.
 */
export class KeptResponses {
  readonly #values: ValueStore
  readonly #prefix: string
  readonly #settings: Settings

  /** `prefix`: the beginning of the keys of this client. */
  constructor(values: ValueStore, prefix: string, settings: Settings) {
    this.#values = values
    this.#prefix = prefix
    this.#settings = settings
  }

  /** Resolves the references in a body. Unknown ones stay, since a provider may know them. Never rejects. */
  async resolve(body: unknown): Promise<Resolved> {
    if (!isObject(body)) return { body, previous: undefined }
    const { previous_response_id: previous, input } = body
    const earlier = await this.#earlier(previous)
    const own = Array.isArray(input) ? await this.#withItems(input) : input
    if (!earlier) return { body: own === input ? body : { ...body, input: own }, previous: undefined }
    const { previous_response_id: _previous, ...rest } = body
    const whole = [...conversationOf(earlier), ...itemsOf(own)]
    return { body: { ...rest, input: whole }, previous: previous as string }
  }

  /**
   * Keeps a response that has ended, together with the resolved body of its request. Settles when it is kept, and never
   * rejects: if the store fails, the response is lost, as if it had expired.
   */
  async keep(body: unknown, response: Item): Promise<void> {
    const { id, output } = response
    if (!isObject(body) || typeof id !== 'string' || !Array.isArray(output)) return
    const record = bytesOf({ input: itemsOf(body['input']), response })
    if (record.length > this.#settings.max_bytes) return
    const items = (output as readonly Item[]).map(item => this.#set(itemKey(item), bytesOf(item)))
    await Promise.all([this.#set(`response:${id}`, record), ...items])
  }

  /** The response with this id; undefined if it is not kept, or no longer. Never rejects. */
  async read(id: string): Promise<Kept | undefined> {
    const { input, response } = ((await this.#get(`response:${id}`)) ?? {}) as Partial<Kept>
    return Array.isArray(input) && Array.isArray(response?.output) ? { input, response } : undefined
  }

  /** Deletes a response and its items. Rejects if the store cannot be reached. */
  async delete(id: string, { response }: Kept): Promise<void> {
    const items = (response.output as readonly Item[]).map(itemKey)
    await this.#values.delete([`response:${id}`, ...items].map(key => this.#prefix + key))
  }

  async #earlier(id: unknown): Promise<Kept | undefined> {
    return typeof id === 'string' && !readStoredId(id) ? await this.read(id) : undefined
  }

  async #withItems(input: readonly unknown[]): Promise<readonly unknown[]> {
    if (!input.some(isReference)) return input
    return await Promise.all(input.map(item => (isReference(item) ? this.#item(item) : item)))
  }

  /** A reference that is unknown stays: a provider that speaks Responses may know it. */
  async #item(reference: Item): Promise<unknown> {
    return (await this.#get(itemKey(reference))) ?? reference
  }

  async #get(key: string): Promise<unknown> {
    if (!this.#settings.enabled) return undefined
    const bytes = await this.#values.get(this.#prefix + key).catch(() => undefined)
    return bytes && parseJson(Buffer.from(bytes).toString('utf8'))
  }

  async #set(key: string, value: Uint8Array): Promise<void> {
    await this.#values.set(this.#prefix + key, value, this.#settings.ttl * 1000).catch(() => undefined)
  }
}

/** The conversation after a response. A compaction takes the place of all that led to it. */
function conversationOf({ input, response: { output } }: Kept): readonly unknown[] {
  const isCompacted = output.some(item => isObject(item) && item['type'] === 'compaction')
  return isCompacted ? output : [...input, ...output]
}

function itemKey({ id }: Item): string {
  return `item:${textOf(id)}`
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
