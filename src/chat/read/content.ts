import { fieldsOf, readList, withFields, wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'
import { UnreadableAnswer } from './unreadable.ts'

/** The content of a message, and the thinking that some services send among its parts. */
export interface Content {
  readonly content: string | null | undefined
  readonly thinking: string | undefined
}

/** The types of parts that are thinking: Mistral's, and Databricks'. */
const thoughts: ReadonlySet<unknown> = new Set(['thinking', 'reasoning'])

/**
 * Content as a text: parts are joined, and those of thinking are kept apart. Null and absence stay what they are. Throws
 * `UnreadableAnswer` for any other type.
 */
export function readContent(value: unknown): Content {
  if (value === undefined || value === null || typeof value === 'string')
    return { content: value, thinking: undefined }
  if (!Array.isArray(value)) throw new UnreadableAnswer('sent content that is neither a text nor a list')
  const isThinking = (part: unknown): boolean => thoughts.has(fieldsOf(part)?.['type'])
  return {
    content: value.map(part => (isThinking(part) ? '' : textOfPart(part))).join(''),
    thinking: wordsOf(value.map(part => (isThinking(part) ? textOfPart(part) : '')).join('')),
  }
}

/** The content of a whole message, which may also be a list of parts, not all of them text. */
export function readWholeContent(value: unknown): Omit<Content, 'content'> & { readonly content: unknown } {
  if (!Array.isArray(value) || value.every(isText)) return readContent(value)
  const parts = readList(value, part => {
    const fields = fieldsOf(part)
    return fields && withFields(fields, { text: wordsOf(fields['text']) })
  })
  return { content: parts, thinking: undefined }
}

function isText(part: unknown): boolean {
  const { type = 'text' } = fieldsOf(part) ?? {}
  return type === 'text' || thoughts.has(type)
}

/** Thinking may be a list of texts in itself. */
function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part
  const { text, thinking, summary } = fieldsOf(part) ?? {}
  const list = Array.isArray(thinking) ? thinking : summary
  if (Array.isArray(list)) return list.map(inner => wordsOf(fieldsOf(inner)?.['text']) ?? '').join('')
  return wordsOf(text) ?? wordsOf(thinking) ?? ''
}

const opening = /^\s*<thought>/
const closing = '</thought>'

/**
 * A whole message with its thoughts apart. Gemini's endpoint for OpenAI's clients writes them into the content, within
 * `<thought>`, and marks the message in `extra_content`.
 */
export function withMarkedThoughts(message: Fields): Fields {
  const content = wordsOf(message['content'])
  return isMarked(message) && content !== undefined && opening.test(content)
    ? apart(message, content)
    : message
}

/** The same for the deltas of a stream: each piece of a thought is marked, and the answer begins with the closing tag. */
export class MarkedThoughts {
  /** The choices within thoughts, by index. */
  readonly #open = new Set<number>()

  /** Whether the next delta may begin with a closing tag. */
  get areOpen(): boolean {
    return this.#open.size > 0
  }

  /** The delta of a choice, with thoughts under their usual name. The value itself if it has none. */
  read(value: unknown, index: number): unknown {
    const delta = fieldsOf(value)
    const content = wordsOf(delta?.['content'])
    if (!delta || content === undefined) return value
    if (isMarked(delta)) {
      if (content.includes(closing)) this.#open.delete(index)
      else this.#open.add(index)
      return apart(delta, content)
    }
    const isEnd = this.#open.delete(index) && content.startsWith(closing)
    return isEnd ? withFields(delta, { content: content.slice(closing.length) }) : value
  }
}

/** The fields of a piece whose content is a thought up to the closing tag, if it has that. */
function apart(fields: Fields, content: string): Fields {
  const [thought = '', ...answer] = content.replace(opening, '').split(closing)
  return withFields(fields, {
    content: answer.length > 0 ? answer.join(closing) : undefined,
    reasoning_content: wordsOf(fields['reasoning_content']) ?? thought,
  })
}

function isMarked({ extra_content: extra }: Fields): boolean {
  return Object.values(fieldsOf(extra) ?? {}).some(own => fieldsOf(own)?.['thought'] === true)
}
