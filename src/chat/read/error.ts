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
  const { error, errors, detail, object, type, choices } = sent
  const kind = wordsOf(sent['error_type'])
  // Text Generation Inference: https://huggingface.co/docs/text-generation-inference/reference/api_reference
  if (kind !== undefined && wordsOf(error) !== undefined) return { message: error, type: kind }
  if (error != null && error !== '' && error !== false) return error
  if (object === 'error' || type === 'error') return sent
  const other = errorOfService(sent)
  if (other !== undefined) return other
  if (Array.isArray(choices)) return choices.map(choice => fieldsOf(choice)?.['error']).find(isTold)
  const hasErrors = Array.isArray(errors) && errors.length > 0
  return hasErrors || wordsOf(detail) !== undefined || Array.isArray(detail) || isCoded(sent)
    ? sent
    : undefined
}

/** Codes that say that all is well. */
const fine: ReadonlySet<unknown> = new Set([0, 200, '0', '200'])

/** Whether an error inside of a choice says something: some services send an empty one beside a good answer. */
function isTold(error: unknown): boolean {
  const { error: inner, ...fields } = fieldsOf(error) ?? { error }
  return [...Object.values(fields), inner, ...Object.values(fieldsOf(inner) ?? {})].some(
    value => wordsOf(value) !== undefined,
  )
}

/** Whether an object tells the code of a failure, with words. Beside a code, a status in words says nothing of it. */
function isCoded({ message, msg, code, status }: Fields): boolean {
  const codes = code == null || typeof status === 'number' ? [code, status] : [code]
  const isFailure = codes.some(given => given != null && !fine.has(given))
  return isFailure && (wordsOf(message) ?? wordsOf(msg)) !== undefined
}

/** MiniMax's codes in the words of OpenAI; the others say no more than their message. */
const typesOfMiniMax: ReadonlyMap<unknown, string> = new Map([
  [1002, 'rate_limit_exceeded'],
  [1004, 'invalid_api_key'],
  [1008, 'insufficient_quota'],
  [1026, 'content_filter'],
  [2049, 'invalid_api_key'],
])

/** Groq tells of a failure in the middle of a stream in a field of its own, and MiniMax with status 200. */
function errorOfService(sent: Fields): unknown {
  const ofGroq = fieldsOf(sent['x_groq'])?.['error']
  if (ofGroq != null && ofGroq !== '') return ofGroq
  const { status_code: code, status_msg: message } = fieldsOf(sent['base_resp']) ?? {}
  return code == null || fine.has(code) ? undefined : { message, type: typesOfMiniMax.get(code), code }
}
