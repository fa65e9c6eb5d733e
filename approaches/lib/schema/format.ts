import { findJson, HulumanageError, parseJson } from '../../../src/plugin.ts'
import type { ChatRequest } from '../../../src/plugin.ts'
import { withInstruction } from '../asking/conversation.ts'
import { sameLanguage } from '../asking/language.ts'
import { enclose } from '../asking/prompt-lists.ts'

interface ResponseFormat {
  readonly type?: unknown
  readonly json_schema?: { readonly schema?: unknown } | null
}

/** The JSON schema that a request asks for, as JSON; any object for `json_object`, undefined if it asks for no JSON. */
export function schemaOf(request: ChatRequest): string | undefined {
  const format = request['response_format'] as ResponseFormat | null | undefined
  if (format?.type === 'json_object') return JSON.stringify({ type: 'object' })
  if (format?.type !== 'json_schema') return undefined
  return JSON.stringify(format.json_schema?.schema ?? { type: 'object' })
}

/** The request with the schema in the prompt, for a service without `response_format`. */
export function withSchemaInPrompt(request: ChatRequest, schema: string): ChatRequest {
  const { response_format: _format, messages, ...rest } = request
  return { ...rest, messages: withInstruction(messages, `${asksForJson(schema)} ${sameLanguage}`) }
}

/** The part of a prompt that asks for JSON. */
export function asksForJson(schema: string): string {
  return `Reply with a single JSON value that matches this JSON schema, and nothing else.\n\n${enclose('schema', schema)}\n`
}

/** The JSON of an answer, in or between other text; undefined without JSON. A string or number must be the whole answer. */
export function jsonIn(text: string): string | undefined {
  const found = findJson(text)?.text
  if (found !== undefined) return found
  try {
    parseJson(text)
    return text
  } catch {
    return undefined
  }
}

/** Whether a service has rejected a request because of its format. */
export function refusesFormat(error: unknown): boolean {
  if (!(error instanceof HulumanageError) || error.code !== 'upstream_rejected') return false
  const { message, param } = error.upstream ?? error
  return /response.?format|json.?schema|structured.?output|json.?(?:mode|object)/i.test(
    `${param ?? ''} ${message}`,
  )
}
