import { fieldsOf, wordsOf } from '../read/fields.ts'

/** Whether the `extra_content` of a message or a tool call has a signature of Gemini's, which the service wants back. */
export function isSigned(extra: unknown): extra is object {
  return signaturesIn(extra).length > 0
}

/**
 * The signatures of Gemini's in the `extra_content` of a message or a tool call. Vertex AI has them under its own name
 * (https://github.com/earendil-works/pi/issues/6733). `name`: the only one that counts, by default any.
 */
export function signaturesIn(extra: unknown, name?: string): readonly string[] {
  const fields = fieldsOf(extra) ?? {}
  const names = name === undefined ? Object.keys(fields) : [name]
  return names.flatMap(each => wordsOf(fieldsOf(fields[each])?.['thought_signature']) ?? [])
}
