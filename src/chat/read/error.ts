import { fieldsOf, wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'

/**
 * The error in a parsed answer or event, in any of the shapes that services use; undefined for an answer or event without
 * an error. `{error}` is the usual shape, and the only one in an answer with choices.
 */
export function errorIn(value: unknown): unknown {
  // Gemini puts a list around it.
  const sent = fieldsOf(Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value)
  if (!sent) return undefined
  const { error, errors, detail, object, type, message, choices } = sent
  const kind = wordsOf(sent['error_type'])
  // Text Generation Inference: https://huggingface.co/docs/text-generation-inference/reference/api_reference
  if (kind !== undefined && wordsOf(error) !== undefined) return { message: error, type: kind }
  if (error != null && error !== '' && error !== false) return error
  if (object === 'error' || type === 'error') return sent
  const other = errorOfService(sent)
  if (other !== undefined) return other
  if (Array.isArray(choices)) return undefined
  const hasErrors = Array.isArray(errors) && errors.length > 0
  const isCoded = wordsOf(message) !== undefined && (sent['code'] != null || sent['status'] != null)
  return hasErrors || wordsOf(detail) !== undefined || Array.isArray(detail) || isCoded ? sent : undefined
}

/** Groq tells of a failure in the middle of a stream in a field of its own, and MiniMax with status 200. */
function errorOfService(sent: Fields): unknown {
  const ofGroq = fieldsOf(sent['x_groq'])?.['error']
  if (ofGroq != null && ofGroq !== '') return ofGroq
  const { status_code: code, status_msg: message } = fieldsOf(sent['base_resp']) ?? {}
  return code == null || code === 0 ? undefined : { message, code }
}
