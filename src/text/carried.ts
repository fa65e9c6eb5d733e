import { parseJson } from './json/parse.ts'

/** Separates the id of a tool call from what it carries. */
const mark = '_hmx1_'
/** Maximum characters of what an id carries; a call loses more than that. */
const maxLength = 64 * 1024

/** Fields of a tool call that its service wants back, and that only chat completions have a place for. */
const carriedFields = ['extra_content', 'thought_signature'] as const

/** The fields of a tool call that travel with its id. */
export type Carried = Readonly<Partial<Record<(typeof carriedFields)[number], unknown>>>

/**
 * The id of a tool call for a client whose format has no place for the fields that a service wants back: they are part
 * of the id, which every client returns. Services accept its characters, and its length is theirs no more, since it is
 * taken apart before it reaches one.
 */
export function withCarried(id: string, call: Readonly<Record<string, unknown>>): string {
  return withPacked(
    id,
    carriedFields.filter(field => call[field] != null).map(field => [field, call[field]]),
  )
}

/**
 * An id in the characters that Anthropic takes, which gets it back if a later turn is relayed there. An id with others, such as
 * Kimi's, carries itself for the service that gave it.
 */
export function asPlainId(text: string): string {
  const { id, carried } = readCarried(text)
  return /^[\w-]+$/.test(id)
    ? text
    : withPacked(id.replaceAll(/[^\w-]/g, '_') || '_', [['id', id], ...Object.entries(carried)])
}

function withPacked(id: string, fields: readonly (readonly [string, unknown])[]): string {
  if (fields.length === 0) return id
  const text = Buffer.from(JSON.stringify(Object.fromEntries(fields))).toString('base64url')
  return text.length > maxLength ? id : `${id}${mark}${text}`
}

/** An id as its service knows it, and the fields it carried; what does not read as ours carries nothing. */
export function readCarried(text: string): { readonly id: string; readonly carried: Carried } {
  const [shown, packed] = partsOf(text)
  const fields = unpacked(packed)
  const id = isText(fields['id']) && fields['id'] !== '' ? fields['id'] : shown
  const known = carriedFields.filter(field => typeof fields[field] === 'object' || isText(fields[field]))
  return { id, carried: Object.fromEntries(known.map(field => [field, fields[field]])) }
}

const idFields: ReadonlySet<string> = new Set(['id', 'tool_use_id', 'call_id'])

type Body = Readonly<Record<string, unknown>>

/**
 * A body for a service that gets it as it is: its ids carry nothing. `bytes` are those the body was read from, if it is
 * still what they say; the same object if no id carries anything.
 */
export function withoutCarried(body: Body, bytes: Uint8Array | undefined): Body {
  const text = bytes ?? Buffer.from(JSON.stringify(body))
  if (!Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes(mark)) return body
  return JSON.parse(JSON.stringify(body), (field, value: unknown) =>
    idFields.has(field) && typeof value === 'string' ? partsOf(value)[0] : value,
  ) as Body
}

/** The id that is shown, and what it carries. */
function partsOf(text: string): readonly [string, string] {
  const at = text.lastIndexOf(mark)
  return at <= 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)]
}

function unpacked(text: string): Readonly<Record<string, unknown>> {
  if (text.length > maxLength) return {}
  try {
    const value: unknown = parseJson(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
