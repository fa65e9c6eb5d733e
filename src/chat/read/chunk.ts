import type { Chunk, ChunkChoice, Delta } from '../../contract/index.ts'
import { MarkedThoughts } from './content.ts'
import { fieldsOf, fieldsOrNull, readList, smallNumber, withFields, wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'
import { readFinish } from './finish.ts'
import { answerIn, readHead, readTier } from './head.ts'
import type { Expected, Head } from './head.ts'
import { hasThoughts, isAnswer, readDelta, saysSomething, withoutThoughts } from './message.ts'
import { isPlainChunk } from './plain.ts'
import { UnreadableAnswer } from './unreadable.ts'
import { readUsage } from './usage.ts'

/** Maximum index of a choice if one was requested: some services count the chunks of a stream in it. */
const maxChunkCount = 1_000_000

/**
 * The border that every chunk of one stream crosses, whether it comes from a provider or from a store: behind it, each
 * field has the type of `Chunk`, and indices address nothing but the choices that were asked for. Null, an empty text and
 * absence are the same. The first chunk of a choice names the role, without which OpenAI's clients make no message of it.
 */
export class ChunkReader {
  readonly #expected: Expected
  /** The choices that have begun, by index. */
  readonly #begun = new Set<number>()
  /** The choices that deltas have answered: a message that comes besides is all of the answer once more. */
  readonly #answered = new Set<number>()
  /** The choices whose thoughts came in deltas: a message may repeat them and have the answer besides. */
  readonly #thought = new Set<number>()
  readonly #marked = new MarkedThoughts()
  /** The choices that messages have answered. */
  readonly #told = new Set<number>()
  #last: Head | undefined
  /** The id and the model of the answer: those of the first chunk with one, since some services make one up for each chunk. */
  #id: string | undefined
  #model: string | undefined

  constructor(expected: Expected) {
    this.#expected = expected
  }

  /** Returns the parsed data of an event if a quick check shows a valid chunk; undefined if it must be read. */
  glance(value: unknown): Chunk | undefined {
    if (this.#marked.areOpen || !isPlainChunk(value, this.#expected)) return undefined
    if ((this.#id ?? value.id) !== value.id || (this.#model ?? value.model) !== value.model) return undefined
    if (this.#begun.size < this.#expected.choices && !this.#begins(value)) return undefined
    if (this.#answered.size < this.#expected.choices)
      for (const { index, delta } of value.choices) this.#note(index, delta)
    this.#last = value
    this.#id = value.id
    this.#model = value.model
    return value
  }

  /** Notes the choices that begin with a valid chunk; false if one of them lacks its role. */
  #begins({ choices }: Chunk): boolean {
    for (const { index, delta } of choices) {
      if (this.#begun.has(index)) continue
      if (delta['role'] === undefined) return false
      this.#begun.add(index)
    }
    return true
  }

  /**
   * Reads the parsed data of an event. The value itself if it is a valid chunk; undefined if it is not a chunk, such as
   * a ping, or contains nothing readable. Throws `UnreadableAnswer` if a part of the answer would be lost.
   */
  read(value: unknown): Chunk | undefined {
    const sent = answerIn(value)
    if (!sent) return undefined
    const listed = Array.isArray(sent['choices']) ? (sent['choices'] as unknown[]) : []
    const choices = this.#readChoices(listed, sent['object'])
    const usage = readUsage(sent['usage']) ?? usageInChoices(listed) ?? groqUsage(sent)
    // A list that is empty from the start belongs to a chunk with other news, such as the results of a filter.
    const isChunk =
      choices.length > 0 || usage !== undefined || (choices === sent['choices'] && isNamed(sent))
    if (!isChunk) return undefined
    const chunk = withFields(sent, {
      ...this.#readHead(sent, choices as Chunk['choices']),
      object: 'chat.completion.chunk',
      service_tier: readTier(sent['service_tier']),
      choices,
      usage: usage ?? (sent['usage'] === null ? null : undefined),
    })
    return chunk as Chunk
  }

  /** Reads id, model and time. A made-up id or model is kept once content has been sent under it. */
  #readHead(sent: Fields, choices: Chunk['choices']): Head {
    const { id, model, created } = readHead(sent, this.#expected, this.#last)
    const begins = hasContent({ choices })
    if (begins || wordsOf(sent['id']) !== undefined) this.#id ??= id
    if (begins || wordsOf(sent['model']) !== undefined) this.#model ??= model
    this.#last = { id: this.#id ?? id, model: this.#model ?? model, created }
    return this.#last
  }

  #readChoices(listed: readonly unknown[], object: unknown): readonly unknown[] {
    const choices = readList(listed, item => this.#readChoice(item, object))
    return this.#expected.choices === 1 && choices.length > 1 ? choices.slice(0, 1) : choices
  }

  #readChoice(value: unknown, object: unknown): ChunkChoice | undefined {
    const choice = fieldsOf(value)
    if (!choice) return undefined
    const { finishReason: other, finish_reason: finish = other, logprobs } = choice
    const index = readIndex(choice['index'], this.#expected.choices)
    const read = withFields(choice, {
      index,
      delta: this.#readDelta(choice, index, object),
      finish_reason: finish === undefined ? undefined : (readFinish(finish) ?? readFinish(other) ?? null),
      logprobs: fieldsOrNull(logprobs),
      usage: undefined,
      // SDKs would take a message for all of the answer so far.
      message: undefined,
      text: undefined,
    })
    return read as unknown as ChunkChoice
  }

  /** The delta of a choice, and what a message or a text has besides, unless deltas have answered already. */
  #readDelta(choice: Fields, index: number, object: unknown): Delta {
    const isFirst = !this.#begun.has(index)
    this.#begun.add(index)
    const delta = readDelta(this.#marked.read(choice['delta'], index), isFirst)
    this.#note(index, delta)
    const other = otherDelta(choice)
    // MiniMax repeats the whole message at the end of a stream.
    const isRepeated = this.#answered.has(index) || (object === 'chat.completion' && this.#told.has(index))
    if (other == null || isRepeated) return delta
    const read = readDelta(other, isFirst)
    if (isAnswer(read)) this.#told.add(index)
    return { ...delta, ...(this.#thought.has(index) ? withoutThoughts(read) : read) }
  }

  #note(index: number, delta: Delta): void {
    if (isAnswer(delta)) this.#answered.add(index)
    else if (hasThoughts(delta)) this.#thought.add(index)
  }
}

/** Whether a chunk says something to the client: any field of a delta beyond the role, or an end. */
export function hasContent({ choices }: Pick<Chunk, 'choices'>): boolean {
  return choices.some(({ delta, finish_reason }) => finish_reason != null || saysSomething(delta))
}

/**
 * The index of a choice, below the number of choices that were asked for. Where that is one, an index that is missing or
 * counts up is 0. Throws `UnreadableAnswer` for any other.
 */
export function readIndex(value: unknown, choices: number): number {
  const isMissing = value == null || value === ''
  const limit = choices === 1 ? maxChunkCount : choices
  if (choices === 1 && isMissing) return 0
  const index = smallNumber(value, limit)
  if (index === undefined) throw new UnreadableAnswer('sent a choice with an index that was not asked for')
  return choices === 1 ? 0 : index
}

/** The piece of a service that streams messages, or the texts of legacy completions. A remark beside a delta is not one. */
function otherDelta({ delta, message, text }: Fields): unknown {
  const other = message ?? (typeof text === 'string' ? { content: text } : undefined)
  return delta == null ? other : fieldsOf(other)
}

/** Groq sends the usage of a stream in a field of its own. */
function groqUsage(sent: Fields): ReturnType<typeof readUsage> {
  return readUsage(fieldsOf(sent['x_groq'])?.['usage'])
}

/** Moonshot sends the usage of a stream inside of the last choice. */
function usageInChoices(listed: readonly unknown[]): ReturnType<typeof readUsage> {
  for (const choice of listed) {
    const usage = readUsage(fieldsOf(choice)?.['usage'])
    if (usage) return usage
  }
  return undefined
}

function isNamed(sent: Fields): boolean {
  return Object.hasOwn(sent, 'id') || Object.hasOwn(sent, 'object') || Object.hasOwn(sent, 'usage')
}
