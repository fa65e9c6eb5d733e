import { maxModelLength, withoutControls } from './check.ts'
import type { Body } from './check.ts'

/** A body that the schema of chat requests accepts, as far as this server reads it. */
export interface PlainChat extends Body {
  readonly model?: string
  readonly stream?: boolean
  readonly stream_options?: undefined
}

/**
 * Whether a body holds only texts and simple settings, as nearly all do. Such a body is valid without the schema, which
 * is slower and copies it. False means that the schema has to decide.
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
    case 'stream':
      return typeof value === 'boolean'
    case 'temperature':
    case 'top_p':
    case 'frequency_penalty':
    case 'presence_penalty':
      return Number.isFinite(value)
    case 'max_tokens':
    case 'max_completion_tokens':
      return Number.isSafeInteger(value) && (value as number) >= 0
    case 'stream_options':
    case 'n':
    case 'seed':
    case 'stop':
    case 'tools':
      return false
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
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return false
  const { role, content, tool_calls: calls } = message as Record<string, unknown>
  return typeof role === 'string' && role !== '' && typeof content === 'string' && calls === undefined
}
