import { fieldsOf, wordsOf } from './fields.ts'

/**
 * The error in a parsed answer or event, in any of the shapes that services use; undefined for an answer or event without
 * an error. `{error}` is the usual shape, and the only one in an answer with choices.
 */
export function errorIn(value: unknown): unknown {
  // Gemini puts a list around it.
  const sent = fieldsOf(Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value)
  if (!sent) return undefined
  const { error, errors, detail, object, type, message, choices } = sent
  if (error != null && error !== '' && error !== false) return error
  if (object === 'error' || type === 'error') return sent
  if (Array.isArray(choices)) return undefined
  const hasErrors = Array.isArray(errors) && errors.length > 0
  const isCoded = wordsOf(message) !== undefined && (sent['code'] != null || sent['status'] != null)
  return hasErrors || wordsOf(detail) !== undefined || Array.isArray(detail) || isCoded ? sent : undefined
}
