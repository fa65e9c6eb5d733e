import { fileIn } from '../../chat/notes/files.ts'
import type { GivenFile } from '../../chat/notes/files.ts'
import { fieldsOf, readList, withFields } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { imageAddress } from './earlier-images.ts'
import { toldJson } from '../../chat/notes/told-json.ts'

/** The parts that content has in an API. Data that a tool returns may have a `type` of its own and be no part. */
export interface KnownParts {
  /** The type of a part that is a text. */
  readonly text: string
  /** Whether it is one of the other parts. */
  readonly isKnown: (part: Fields) => boolean
  /** A part with the image at an address, which replaces one in the spelling of another API. */
  readonly image: (address: string, detail: unknown) => Fields
  /** A part with a file or a sound in place of one in the spelling of another API; undefined if it has none for it. */
  readonly file: (file: GivenFile, part: Fields) => Fields | undefined
  /** Whether a list keeps parts of unknown types, since a service that speaks the API gets them and may know more of them. */
  readonly isOpen: boolean
}

/**
 * The content of an earlier turn or of a tool's result, which is never refused: a text, or a list of parts that have a type.
 * Anything else that a client has written there is told as text, an object as its JSON. The value itself if it is sound.
 */
function earlierContent(value: unknown, known: KnownParts): unknown {
  if (value == null || typeof value === 'string') return value
  if (Array.isArray(value)) return readList(value, part => partOf(part, known))
  const fields = fieldsOf(value)
  if (fields && isText(fields)) return toldText(fields['text'])
  const isPart = fields && (known.isKnown(fields) || imageAddress(fields) !== '' || fileIn(fields))
  return isPart ? [partOf(value, known)] : toldText(value)
}

/** The same for a message of the model or with a tool's result, in which `nothing` replaces null and absence. */
export function withEarlierContent(message: unknown, known: KnownParts, nothing?: unknown): unknown {
  const fields = fieldsOf(message)
  if (!fields || !told.has(fields['role'])) return message
  const sent = fields['content']
  return withFields(fields, { content: sent == null ? (nothing ?? sent) : earlierContent(sent, known) })
}

/** A message of the user in which images and files in the spelling of another API are in this one's. All else is the user's own. */
export function withUserFiles(message: Fields, known: KnownParts): Fields {
  return withItems(message, 'content', part => {
    const fields = fieldsOf(part)
    return fields && !known.isKnown(fields) ? (translated(fields, known) ?? part) : part
  })
}

/** An object in which a field with content is sound; null is an empty text. The object itself if it was. */
export function withContent(fields: Fields, field: string, known: KnownParts): Fields {
  return withFields(fields, { [field]: earlierContent(fields[field] ?? '', known) })
}

/** The body itself, or a copy in which the items of a list have been read. */
export function withItems(body: Fields, field: string, read: (item: unknown) => unknown): Fields {
  const list = body[field]
  return Array.isArray(list)
    ? withFields(body, { [field]: readList(list, item => read(item) ?? null) })
    : body
}

/** The roles of messages that no user has written. */
const told: ReadonlySet<unknown> = new Set(['assistant', 'tool', 'function'])

/** A text as it is, and any other value as its JSON; nothing is an empty text. */
export function textOf(value: unknown): string {
  if (value == null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The same for a model to read. */
function toldText(value: unknown): string {
  return value == null || typeof value === 'string' ? (value ?? '') : toldJson(value)
}

/** The types of parts that are texts. An SDK writes those of another API than it calls. */
const texts: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text'])
/** The fields of a part that say nothing without its text. */
const besideText: ReadonlySet<string> = new Set([
  '_meta',
  'annotations',
  'cache_control',
  'citations',
  'extra_content',
  'index',
  'logprobs',
  'signature',
  'type',
])

/** Whether an object says nothing but its text, so that its JSON would say no more. */
export function isTextAlone(fields: Fields): boolean {
  return (
    typeof fields['text'] === 'string' &&
    Object.keys(fields).every(field => field === 'text' || besideText.has(field))
  )
}

/** Whether it is a part with a text, or with none: AI SDK's `{type: 'text', value}` is a result that has its text elsewhere. */
function isText(part: Fields): boolean {
  if (!texts.has(part['type'])) return false
  return 'text' in part || Object.keys(part).every(field => besideText.has(field))
}

function partOf(part: unknown, known: KnownParts): unknown {
  const { text: type, isKnown, isOpen } = known
  if (part == null) return undefined
  const fields = fieldsOf(part)
  if (!fields) return { type, text: toldText(part) }
  const { type: given, text } = fields
  if (isText(fields)) return withFields(fields, { text: toldText(text), type: isOpen ? given : type })
  const isOwn = isKnown(fields)
  const own = isOwn ? undefined : translated(fields, known)
  if (own) return own
  const isOpenPart = isOpen && !isOwn && !fileIn(fields)
  const isPart = typeof given === 'string' && !texts.has(given) && (isOwn || isOpenPart)
  if (!isPart) return { type, text: isTextAlone(fields) ? text : toldJson(part) }
  return text === undefined ? part : withFields(fields, { text: toldText(text) })
}

/** An image or a file in the spelling of another API as a part of this one; undefined for any other part. */
function translated(fields: Fields, { image, file }: KnownParts): Fields | undefined {
  const mark = fields['cache_control']
  const address = imageAddress(fields)
  if (address !== '') {
    const detail = fields['detail'] ?? fieldsOf(fields['image_url'])?.['detail']
    return { ...image(address, detail), ...(mark == null ? {} : { cache_control: mark }) }
  }
  const given = fileIn(fields)
  const part = given && file(given, fields)
  return part && mark != null ? { ...part, cache_control: mark } : part
}
