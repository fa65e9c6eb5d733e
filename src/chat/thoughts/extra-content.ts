import { fieldsOf, wordsOf } from '../read/fields.ts'

/**
 * Whether the `extra_content` of a message or a tool call has a signature of Gemini's, which the service wants back. Vertex
 * AI has it under its own name: https://github.com/earendil-works/pi/issues/6733
 */
export function isSigned(extra: unknown): extra is object {
  return Object.values(fieldsOf(extra) ?? {}).some(
    inner => wordsOf(fieldsOf(inner)?.['thought_signature']) !== undefined,
  )
}
