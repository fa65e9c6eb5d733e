import { STATUS_CODES } from 'node:http'
import { fieldsOf, wordsOf } from '../chat/read/fields.ts'
import type { Fields } from '../chat/read/fields.ts'
import type { UpstreamErrorBody } from '../contract/index.ts'
import { hideSecrets } from '../text/hide-secrets.ts'
import { jsonOrUndefined } from '../text/json/parse.ts'

/** Maximum length of a provider's text that is repeated to a client, in characters. */
const maxMessage = 512
/** Maximum length of the details of an error as JSON. */
const maxDetails = 4096
/** Maximum depth at which words are looked for. */
const maxDepth = 6

/**
 * The error in the text of a body, in every shape that services have; undefined if it says nothing. Of HTML only the title is
 * repeated. Nothing of `secrets` is, for providers repeat the key they were sent.
 */
export function readErrorBody(text: string, secrets: readonly string[]): UpstreamErrorBody | undefined {
  const parsed = jsonOrUndefined(unframed(text))
  if (parsed === undefined) return errorBodyOf(plainWords(text), secrets)
  const body = Array.isArray(parsed) && parsed.length === 1 ? (parsed as unknown[])[0] : parsed
  return errorBodyOf(body, secrets)
}

/** The data of an event, or a text that is not framed as one. llama.cpp answers a request for a stream so, whatever the status. */
function unframed(text: string): string {
  return /^\s*(?:event:[^\n]*\n)?(?:data|error): ?([^\n]*)/.exec(text)?.[1] ?? text
}

/** An error object or text, or a body around it. */
export function errorBodyOf(value: unknown, secrets: readonly string[]): UpstreamErrorBody | undefined {
  const clip = (text: string) => clipped(text, secrets)
  const error = innermost(value)
  const own = wordsIn(error) ?? nameOf(error)
  if (own === undefined) return undefined
  // OpenRouter's Responses have them beside the error.
  const quoted = wordsBehind(error) ?? wordsBehind(value)
  const message = quoted === undefined ? own : `${own}: ${quoted}`
  const { type, __type, param, code, status, details } = fieldsOf(error) ?? {}
  const kept = detailsOf(details, secrets)
  return {
    message: clip(message),
    type: clip(wordsOf(type) ?? wordsOf(__type) ?? wordsOf(status)?.toLowerCase() ?? 'upstream_error'),
    param: typeof param === 'string' ? clip(param) : null,
    code: typeof code === 'number' ? String(code) : typeof code === 'string' ? clip(code) : null,
    ...(kept === undefined ? {} : { details: kept }),
  }
}

/** The code or the type of an error that has no words. */
function nameOf(error: unknown): string | undefined {
  const { code, type } = fieldsOf(error) ?? {}
  return wordsOf(code) ?? wordsOf(type)
}

/** The names of statuses, which NestJS, Fastify and Spring have as the `error` beside the message. */
const statusNames: ReadonlySet<string> = new Set(
  [...Object.values(STATUS_CODES), 'Unauthorised'].map(name => name!.toLowerCase()),
)

/** The object that describes the error: `error` may be nested, and Cloudflare has a list of them. */
function innermost(value: unknown): unknown {
  let error = value
  for (let depth = 0; depth < maxDepth; depth++) {
    const { error: inner, errors, message } = fieldsOf(error) ?? {}
    const listed = Array.isArray(errors) && fieldsOf(errors[0]) ? (errors[0] as unknown) : undefined
    const next = inner ?? listed ?? errorInText(message)
    if (next == null || next === '' || typeof next === 'boolean') return error
    if (typeof next === 'string' && statusNames.has(next.toLowerCase())) return error
    error = next
  }
  return error
}

/** The error in a message that is itself the JSON of an error, as gateways send it. */
function errorInText(message: unknown): unknown {
  if (typeof message !== 'string' || !/^\s*\{/.test(message)) return undefined
  const inner = parseObject(message)
  return fieldsOf(fieldsOf(inner)?.['error']) && inner
}

/** The words of the service behind OpenRouter, whose own message is always the same; a text, JSON or not. */
function wordsBehind(error: unknown): string | undefined {
  const raw = fieldsOf(fieldsOf(error)?.['metadata'])?.['raw']
  if (typeof raw !== 'string') return wordsIn(raw)
  const parsed = parseObject(raw)
  return parsed === undefined ? plainWords(raw) : (wordsIn(innermost(parsed)) ?? wordsOf(raw))
}

/** Fields that say what is wrong, the most telling first. */
const telling = [
  'message',
  'msg',
  'detail',
  'Message',
  'errors',
  'error',
  'error_message',
  'error_msg',
  'status_msg',
  'base_resp',
  'title',
  'reason',
]

/** The words in an error: those of a list are joined, those of FastAPI and of Zod tell the place, too. */
function wordsIn(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return wordsOf(value.trim())
  if (depth > maxDepth) return undefined
  if (Array.isArray(value)) {
    const words = value.slice(0, 5).map(item => wordsIn(item, depth + 1))
    return wordsOf(words.filter(word => word !== undefined).join('; '))
  }
  const fields = fieldsOf(value)
  if (!fields) return undefined
  for (const name of telling) {
    const words = wordsIn(fields[name], depth + 1)
    if (words !== undefined) return placeOf(fields) + words
  }
  return undefined
}

/** The place that FastAPI tells, such as `body.tools.0: `, or Zod. */
function placeOf({ loc, path }: Fields): string {
  const steps = Array.isArray(loc) ? loc : path
  if (!Array.isArray(steps) || steps.length === 0) return ''
  return `${steps.filter(step => typeof step === 'string' || typeof step === 'number').join('.')}: `
}

/** The words of a text that is not JSON: its first lines, the title of a page, or the message of an XML document. */
function plainWords(text: string): string | undefined {
  const start = text.slice(0, 4096)
  if (!/^\s*</.test(start)) return wordsOf(start.replaceAll(/\s+/g, ' ').trim())
  return wordsOf(/<(?:title|message)>([^<]*)</i.exec(start)?.[1]?.replaceAll(/\s+/g, ' ').trim())
}

/** Details that a service adds for its own clients, if they are small. */
function detailsOf(details: unknown, secrets: readonly string[]): object | undefined {
  if (typeof details !== 'object' || details === null) return undefined
  const json = JSON.stringify(details)
  return json.length > maxDetails ? undefined : parseObject(hideSecrets(json, secrets))
}

/** Undefined if it is not JSON, for example because a secret was a part of it. */
function parseObject(json: string): object | undefined {
  const value = jsonOrUndefined(json)
  return typeof value === 'object' && value !== null ? value : undefined
}

function clipped(message: string, secrets: readonly string[]): string {
  // The rest is not shown in any case.
  const safe = hideSecrets(message.slice(0, 2 * maxMessage), secrets)
  return safe.length > maxMessage ? `${safe.slice(0, maxMessage)}...` : safe
}
