import { fieldsOf, readList, withFields, wordsOf } from './fields.ts'
import { UnreadableAnswer } from './unreadable.ts'

/** The content of a message, and the thinking that some services send among its parts. */
export interface Content {
  readonly content: string | null | undefined
  readonly thinking: string | undefined
}

/**
 * Content as a text: parts are joined, and those of thinking are kept apart. Null and absence stay what they are. Throws
 * `UnreadableAnswer` for any other type.
 */
export function readContent(value: unknown): Content {
  if (value === undefined || value === null || typeof value === 'string')
    return { content: value, thinking: undefined }
  if (!Array.isArray(value)) throw new UnreadableAnswer('sent content that is neither a text nor a list')
  const isThinking = (part: unknown): boolean => fieldsOf(part)?.['type'] === 'thinking'
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
  return type === 'text' || type === 'thinking'
}

/** Mistral's thinking is a list of texts in itself. */
function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part
  const { text, thinking } = fieldsOf(part) ?? {}
  if (Array.isArray(thinking)) return thinking.map(inner => wordsOf(fieldsOf(inner)?.['text']) ?? '').join('')
  return wordsOf(text) ?? wordsOf(thinking) ?? ''
}
