import type { Delta, Message } from '../../contract/index.ts'
import { fieldsOf } from '../read/fields.ts'
import type { Fields } from '../read/fields.ts'

/**
 * A text of an answer with citations of Anthropic's API. The field `cited_texts` of a message lists them: a chat has no
 * place for them, but clients of Messages get them back, even if an approach made the answer.
 */
export interface CitedText {
  /** Position of its first character in the content. */
  readonly start: number
  /** Position after its last character. */
  readonly end: number
  /** In Anthropic's own form. A stream has an empty list between two texts of which the first has none. */
  readonly citations: readonly Fields[]
}

/** The texts with citations of a message or a piece of one, in their order. Whatever is in no such form is left out. */
export function citedTextsOf(message: Delta | Message): readonly CitedText[] {
  const listed: unknown = message['cited_texts']
  if (!Array.isArray(listed)) return []
  return listed.flatMap(readCited).toSorted((one, other) => one.start - other.start)
}

/** The citations of a block or text; whatever is not an object is left out. */
export function citationsIn({ citations }: Fields): readonly Fields[] {
  if (!Array.isArray(citations)) return []
  return (citations as unknown[]).map(fieldsOf).filter(citation => citation !== undefined)
}

function readCited(value: unknown): CitedText[] {
  const cited = fieldsOf(value) ?? {}
  const { start, end } = cited
  if (!isPosition(start) || !isPosition(end) || !Array.isArray(cited['citations'])) return []
  return [{ start, end, citations: citationsIn(cited) }]
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
