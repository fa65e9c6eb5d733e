import { textOf } from '../../chat/read/fields.ts'
import { createHash, hash } from 'node:crypto'
import { noteThoughts } from '../../chat/notes/noted-thoughts.ts'
import type { Config } from '../../config/schema.ts'
import type { Completion, Message } from '../../contract/index.ts'
import { isObject } from '../../dialects/check.ts'
import type { ValueStore } from '../../store/store.ts'
import { plainFields, sealedCallFields, sealedFields } from './thought-fields.ts'
import { parseJson } from '../../text/json/parse.ts'

type Fields = Readonly<Record<string, unknown>>

/** The fields that a service wants back with a call; those of its message are with the first one. */
interface KeptCall {
  readonly message?: Fields
  readonly call?: Fields
}

/** Maximum number of calls that are looked up for one request. */
const maxCalls = 256

/** The value under the key of a question after which thoughts were kept. */
const mark = Buffer.from('kept')

/**
 * The thoughts behind the newest tool calls of chat clients, many of which send back nothing of a call but its id, its name
 * and its arguments. They are kept as responses are. Services demand them until the user speaks again, so that no others
 * are looked up.
 */
export class KeptThoughts {
  readonly #values: ValueStore
  readonly #prefix: string
  readonly #settings: Config['kept_responses']

  /** `prefix`: the beginning of the keys of this client. */
  constructor(values: ValueStore, prefix: string, settings: Config['kept_responses']) {
    this.#values = values
    this.#prefix = prefix
    this.#settings = settings
  }

  /** Notes the thoughts that the messages of a body, which is not checked yet, have lost. Never rejects. */
  async note(messages: readonly unknown[]): Promise<void> {
    const question = questionOf(messages)
    const called = messages.slice(question.end).filter(hasCalls)
    if (called.length === 0 || !(await this.#hasKept(question))) return
    let left = maxCalls
    const newest = called.toReversed().flatMap(message => {
      const calls = message.tool_calls.slice(0, left).filter(isObject)
      left -= calls.length
      return calls.length > 0 ? [this.#note(message, calls, question)] : []
    })
    await Promise.all(newest)
  }

  /** Keeps the thoughts behind the calls of an answer. Settles when they are kept, and never rejects. */
  async keep(messages: readonly unknown[], { choices }: Completion): Promise<void> {
    const question = questionOf(messages)
    const kept = choices.flatMap(({ message }) => this.#records(message, question))
    if (kept.length === 0) return
    await Promise.all(
      [[this.#markOf(question), mark] as const, ...kept].map(([key, bytes]) =>
        this.#values.set(key, bytes, this.#settings.ttl * 1000).catch(() => undefined),
      ),
    )
  }

  #records(message: Message, question: Question): [string, Uint8Array][] {
    const calls = message.tool_calls ?? []
    const seals = picked(message, sealedFields)
    const thoughts = seals ?? picked(message, plainFields)
    return calls.flatMap((call, index) => {
      const record: KeptCall = {
        ...(thoughts && index === 0 ? { message: thoughts } : {}),
        ...fieldOf('call', picked(call, sealedCallFields)),
      }
      const bytes = Buffer.from(JSON.stringify(record))
      const isKept = Object.keys(record).length > 0 && bytes.length <= this.#settings.max_bytes
      return isKept ? [[this.#keyOf(question, call), bytes]] : []
    })
  }

  async #note(message: object, calls: readonly Fields[], question: Question): Promise<void> {
    const kept = await Promise.all(calls.map(call => this.#get(this.#keyOf(question, call))))
    const known = kept.find(record => record?.message)?.message ?? {}
    const ofEach = calls.flatMap(({ id }, index) => {
      const fields = kept[index]?.call
      return fields ? [[textOf(id), fields] as const] : []
    })
    if (kept.some(Boolean)) noteThoughts(message, { message: known, calls: new Map(ofEach) })
  }

  /** Whether any thoughts were kept after a question: one lookup that saves those of all calls where a service has none. */
  async #hasKept(question: Question): Promise<boolean> {
    const found = await this.#values.get(this.#markOf(question)).catch(() => undefined)
    return found !== undefined
  }

  async #get(key: string): Promise<KeptCall | undefined> {
    try {
      const bytes = await this.#values.get(key)
      return bytes && (parseJson(Buffer.from(bytes).toString('utf8')) as KeptCall)
    } catch {
      return undefined
    }
  }

  #markOf({ digest }: Question): string {
    return this.#prefix + digest
  }

  /** Some services count their calls, so that an id means nothing without the conversation that led to it. */
  #keyOf({ digest }: Question, { id, function: called }: Fields): string {
    const { name, arguments: given } = isObject(called) ? called : {}
    return this.#prefix + hash('sha256', JSON.stringify([digest, id, name, spelled(given)]), 'base64url')
  }
}

/** The questions of a conversation, of which the last led to its newest calls. */
interface Question {
  /** Of the texts alone, because clients move their cache marks. */
  readonly digest: string
  /** The place of the first message after the last question. */
  readonly end: number
}

function questionOf(messages: readonly unknown[]): Question {
  const digest = createHash('sha256')
  let end = 0
  for (const [at, message] of messages.entries()) {
    if (!isObject(message) || message['role'] !== 'user') continue
    digest.update(JSON.stringify(textsOf(message['content']) ?? null))
    end = at + 1
  }
  return { digest: digest.digest('base64url'), end }
}

function textsOf(content: unknown): unknown {
  return Array.isArray(content) ? content.map(part => (isObject(part) ? part['text'] : undefined)) : content
}

/** Arguments in one spelling: clients read them, and write them again. */
function spelled(given: unknown): unknown {
  if (typeof given !== 'string') return given
  try {
    return JSON.stringify(parseJson(given))
  } catch {
    return given
  }
}

function hasCalls(message: unknown): message is Fields & { readonly tool_calls: readonly unknown[] } {
  return isObject(message) && message['role'] === 'assistant' && Array.isArray(message['tool_calls'])
}

function picked(owner: Fields, names: readonly string[]): Fields | undefined {
  const fields = names.filter(name => saysSomething(owner[name])).map(name => [name, owner[name]])
  return fields.length > 0 ? (Object.fromEntries(fields) as Fields) : undefined
}

function saysSomething(value: unknown): boolean {
  return value != null && value !== '' && !(Array.isArray(value) && value.length === 0)
}

function fieldOf(name: string, value: Fields | undefined): object {
  return value ? { [name]: value } : {}
}
