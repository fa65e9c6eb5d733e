import type { ContentPart, Message } from '../../contract/index.ts'
import { dataIn, isData, isImageData } from '../../chat/images/data-url.ts'
import { documentBlock, documentSource, fileIn, recordingIn } from '../../chat/notes/files.ts'
import { addressOf } from '../../chat/images/images.ts'
import { notedFile } from '../../chat/notes/foreign-files.ts'
import { noteFor } from '../../chat/notes/unreadable.ts'
import { fieldsOf } from '../../chat/read/fields.ts'
import { untranslatable } from '../translation.ts'

/** A content block of Messages. */
export interface Block {
  readonly type: string
  readonly [field: string]: unknown
}

/** Converts the content of a chat message to blocks. Blank text becomes no block, because the service refuses it. */
export function fromChatContent(content: Message['content'], at: string): Block[] {
  if (content == null) return []
  const parts: readonly ContentPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return parts.flatMap((part, index) => {
    if (part.type === 'text' && !/\S/.test(part.text ?? '')) return []
    const file = notedFile(part) ?? (part.type === 'document_url' ? fileIn(part) : undefined)
    const block = (file && documentBlock(file)) ?? fromChatPart(part, `${at}.content.${index}`)
    return part['cache_control'] ? { ...block, cache_control: part['cache_control'] } : block
  })
}

/** Whether a part of a chat has no place in Messages: sounds, videos, files of other types, and those that another service keeps. */
export function isForeign(part: ContentPart): boolean {
  if (recordingIn(part) !== undefined) return true
  if (part.type !== 'file') return false
  const data = fieldsOf(part['file'])?.['file_data']
  return data === undefined || isForeignData(data)
}

/** Whether it is data for which the service has neither an image nor a document. */
function isForeignData(data: unknown): boolean {
  return typeof data === 'string' && isData(data) && !isImageData(data) && documentSource(data) === undefined
}

/** Converts one part. The service's own blocks, such as its documents, are passed on. */
function fromChatPart(part: ContentPart, at: string): Block {
  refuseRecording(part, at)
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'refusal':
      return { type: 'text', text: part['refusal'] }
    case 'image_url':
      return { type: 'image', source: sourceOf(addressOf(part), `${at}.image_url.url`) }
    case 'file':
      return fromChatFile(part, at)
    default:
      return part
  }
}

/**
 * The blocks of a client of Messages without sounds and videos, for which the service has none: it is told of those of earlier
 * turns and of results, and refuses those of the current one, so that another provider is asked. Returns the same list for all
 * others.
 */
export function readableBlocks(blocks: readonly Block[], at: string, isPast: boolean): readonly Block[] {
  const readable = blocks.map((block, index) => {
    const { type, content } = block
    if (type === 'tool_result' && Array.isArray(content)) {
      const inner = content.map((one: unknown) => toldRecording(one))
      return inner.some((one, place) => one !== content[place]) ? { ...block, content: inner } : block
    }
    if (isPast) return toldRecording(block)
    refuseRecording(block, `${at}.content.${index}`)
    return block
  })
  return readable.some((block, index) => block !== blocks[index]) ? readable : blocks
}

/** A note in place of a sound or a video; anything else as it is. */
function toldRecording<T>(block: T): T | ContentPart {
  const fields = fieldsOf(block)
  return fields && recordingIn(fields) !== undefined ? noteFor(fields as ContentPart) : block
}

function refuseRecording(part: ContentPart, at: string): void {
  const recording = recordingIn(part)
  if (recording !== undefined) throw untranslatable(at, `is ${recording}, which Anthropic does not accept`)
}

function fromChatFile(part: ContentPart, at: string): Block {
  const { file_data, filename } = (part['file'] ?? {}) as { file_data?: unknown; filename?: unknown }
  if (file_data === undefined)
    throw untranslatable(
      `${at}.file`,
      'has no file_data, and the file_id of another service is unknown to Anthropic',
    )
  const place = `${at}.file.file_data`
  if (isForeignData(file_data))
    throw untranslatable(place, 'is neither PDF nor text nor an image, the only data that Anthropic accepts')
  if (typeof file_data === 'string' && isImageData(file_data))
    return { type: 'image', source: sourceOf(file_data, place) }
  return {
    type: 'document',
    source: textSource(file_data) ?? sourceOf(file_data, place),
    ...(filename === undefined ? {} : { title: filename }),
  }
}

/** The source of a document in plain text: as data, the service takes PDF alone. */
function textSource(address: unknown): object | undefined {
  const source = typeof address === 'string' ? documentSource(address) : undefined
  return source?.['type'] === 'text' ? source : undefined
}

/** The source of an image or document: the content of a `data:` URL, or the URL to fetch it from. */
function sourceOf(url: unknown, at: string): object {
  const address = typeof url === 'string' ? url : ''
  if (/^https?:/i.test(address)) return { type: 'url', url: address }
  const { mediaType = '', data, isBase64 } = dataIn(address) ?? {}
  if (mediaType === '' || !isBase64)
    throw untranslatable(at, 'is neither an http URL nor a data: URL in base64')
  return { type: 'base64', media_type: mediaType, data }
}
