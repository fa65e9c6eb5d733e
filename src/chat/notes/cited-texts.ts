import type { Delta, Message } from '../../contract/index.ts'
import { fieldsOf } from '../read/fields.ts'
import type { Fields } from '../read/fields.ts'

/**
 * A text of an answer that has citations of Anthropic's API. The field `cited_texts` of a message lists them: a chat has no
 * place for them, but clients of Messages get them back, even if an approach made the answer.
 */
export interface CitedText {
  /** Position of its first character in the content. */
  readonly start: number
  /** Position after its last character. */
  readonly end: number
  /** In Anthropic's own form. */
  readonly citations: readonly Fields[]
}

/** The texts with citations of a message or a piece of one, in their order. Whatever is in no such form is left out. */
export function citedTextsOf(message: Delta | Message): readonly CitedText[] {
  const listed: unknown = message['cited_texts']
  if (!Array.isArray(listed)) return []
  return listed.flatMap(readCited).toSorted((one, other) => one.start - other.start)
}

function readCited(value: unknown): CitedText[] {
  const { start, end, citations: listed } = fieldsOf(value) ?? {}
  if (!isPosition(start) || !isPosition(end) || !Array.isArray(listed)) return []
  const citations = (listed as unknown[]).map(fieldsOf).filter(citation => citation !== undefined)
  return citations.length > 0 ? [{ start, end, citations }] : []
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
