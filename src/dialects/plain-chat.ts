import { isObject, maxModelLength, withoutControls } from './check.ts'
import type { Body } from './check.ts'
import { isSoundMessage } from './conversation/earlier-turns.ts'

/** A body that the schema of chat requests accepts, as far as this server reads it. */
export interface PlainChat extends Body {
  readonly model?: string
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
}

/**
 * Whether a body holds nothing but what SDKs and agents usually send. Such a body is valid without the schema, which is
 * slower and copies it. False means that the schema has to decide.
 */
export function isPlainChat(body: Body): body is PlainChat {
  for (const field in body) if (!isPlainField(field, body[field])) return false
  return body['messages'] !== undefined
}

function isPlainField(field: string, value: unknown): boolean {
  switch (field) {
    case 'model':
      return isPlainName(value)
    case 'messages':
      return Array.isArray(value) && value.length > 0 && value.every(isPlainMessage)
    case 'tools':
      return isListOfObjects(value)
    case 'stream':
      return typeof value === 'boolean'
    case 'stream_options':
      return isObject(value) && isBooleanOrAbsent(value['include_usage'])
    case 'temperature':
    case 'top_p':
    case 'frequency_penalty':
    case 'presence_penalty':
      return Number.isFinite(value)
    case 'max_tokens':
    case 'max_completion_tokens':
      return isIntegerFrom(0, value)
    case 'n':
      return isIntegerFrom(1, value)
    case 'seed':
    case 'stop':
      return false
    case 'tool_choice':
      return value === null || typeof value === 'string' || (isObject(value) && isObject(value['function']))
    default:
      return true
  }
}

function isPlainName(value: unknown): boolean {
  return (
    typeof value === 'string' && value !== '' && value.length <= maxModelLength && withoutControls.test(value)
  )
}

function isPlainMessage(message: unknown): boolean {
  if (!isObject(message)) return false
  const { role, content, tool_calls: calls } = message
  if (typeof role !== 'string' || role === '') return false
  return isPlainContent(content) && isSoundMessage(message) && (calls === undefined || isListOfObjects(calls))
}

function isPlainContent(content: unknown): boolean {
  if (typeof content === 'string' || content === null || content === undefined) return true
  return Array.isArray(content) && content.every(isPlainPart)
}

function isPlainPart(part: unknown): boolean {
  if (!isObject(part) || typeof part['type'] !== 'string') return false
  const text = part['text']
  return text === undefined || typeof text === 'string'
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject)
}

function isBooleanOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean'
}

function isIntegerFrom(minimum: number, value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= minimum
}
