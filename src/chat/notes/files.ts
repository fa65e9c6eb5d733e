import { dataIn, dataUrl, isData } from '../images/data-url.ts'
import { fieldsOf, wordsOf } from '../read/fields.ts'
import type { Fields } from '../read/fields.ts'

/** A file, a sound or a video, with its address: often a `data:` URL. */
export interface GivenFile {
  readonly address: string
  readonly name: string | undefined
  readonly isSound: boolean
  readonly isVideo: boolean
}

/** The names that APIs and SDKs have for the data, the media type, the address and the name of a file. */
const names = {
  data: ['file_data', 'data', 'base64', 'blob'],
  type: ['mimeType', 'mime_type', 'media_type', 'mediaType'],
  address: ['file_url', 'url', 'document_url'],
  name: ['filename', 'title', 'document_name', 'name'],
} as const

/** The types that a part with a file or a sound has in chats, Responses, Messages, MCP, Mistral and LangChain, and the field it is in. */
const fileTypes: ReadonlyMap<unknown, string> = new Map([
  ['audio', 'source'],
  ['document', 'source'],
  ['document_url', 'document_url'],
  ['file', 'file'],
  ['input_audio', 'input_audio'],
  ['input_file', 'file'],
  ['resource', 'resource'],
])

/** The file or the sound of a part in the spelling of any API; undefined for any other part, and for files by id. */
export function fileIn(part: Fields): GivenFile | undefined {
  const inner = fileFieldsOf(part)
  if (!inner) return undefined
  const [data, url] = [firstOf(inner, names.data), firstOf(inner, names.address)]
  const type = mediaTypeOf(part, inner)
  const address = data === undefined ? url : addressOf(data, type, inner['type'] === 'text')
  if (address === undefined) return undefined
  const name = firstOf(inner, names.name) ?? firstOf(part, names.name)
  const isRecorded = soundTypes.has(part['type']) || isSound(part, inner)
  return { address, name, isSound: isRecorded, isVideo: !isRecorded && isVideo(part, inner) }
}

/** The fields of a part that tell of its file or its sound; undefined for any other part. */
function fileFieldsOf(part: Fields): Fields | undefined {
  const place = fileTypes.get(part['type'])
  return place === undefined ? undefined : (fieldsOf(part[place]) ?? part)
}

/** The types of parts that are sounds, whose `format` is the name of one: `mp3`. */
const soundTypes: ReadonlySet<unknown> = new Set(['audio', 'input_audio'])

/** The media type that a part declares. LiteLLM's files have it as their `format`. */
function mediaTypeOf(part: Fields, inner: Fields): string | undefined {
  const declared = firstOf(inner, names.type)
  const format = wordsOf(inner['format'])
  if (declared !== undefined || format === undefined) return declared
  if (format.includes('/')) return format
  return soundTypes.has(part['type']) ? `audio/${format}` : undefined
}

/** Whether a file is a sound. */
function isSound(part: Fields, inner: Fields): boolean {
  return /^audio\//i.test(typeOf(part, inner))
}

/** Whether a file is a video. */
function isVideo(part: Fields, inner: Fields): boolean {
  return /^video\//i.test(typeOf(part, inner))
}

/** The media type of a file: its data says it, else the part. A document in plain text may begin with anything. */
function typeOf(part: Fields, inner: Fields): string {
  if (inner['type'] === 'text') return mediaTypeOf(part, inner) ?? ''
  const address = firstOf(inner, [...names.data, ...names.address]) ?? ''
  return /^data:([^;,]+)/i.exec(address)?.[1] ?? mediaTypeOf(part, inner) ?? ''
}

/** The address of data, which may be one itself. A document in plain text has its words. */
function addressOf(data: string, mediaType: string | undefined, isPlain: boolean): string | undefined {
  if (mediaType !== undefined && isPlain) return dataUrl(mediaType, Buffer.from(data).toString('base64'))
  if (isData(data) || /^https?:/i.test(data)) return data
  return mediaType === undefined ? undefined : dataUrl(mediaType, data)
}

function firstOf(fields: Fields, candidates: readonly string[]): string | undefined {
  return candidates.map(name => wordsOf(fields[name])).find(value => value !== undefined)
}

/** A file as a block of the Messages API, which has documents in PDF and plain text. */
export function documentBlock({
  address,
  name,
  isSound,
}: GivenFile): (Fields & { readonly type: string }) | undefined {
  const source = isSound ? undefined : documentSource(address)
  return source && { type: 'document', source, ...(name === undefined ? {} : { title: name }) }
}

/** The source of a document; undefined if the API has none for its type. */
export function documentSource(address: string): Fields | undefined {
  const { mediaType = '', data } = dataIn(address) ?? {}
  if (data === undefined) return { type: 'url', url: address }
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data }
  if (!mediaType.startsWith('text/')) return undefined
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() }
}

/** A file as a part of the Responses API, which takes no sounds. */
export function inputFile({ address, name, isSound }: GivenFile): Fields | undefined {
  if (isSound) return undefined
  if (!isData(address)) return { type: 'input_file', file_url: address }
  return { type: 'input_file', filename: name ?? 'file', file_data: address }
}

const recordings: ReadonlyMap<unknown, string> = new Map([
  ['audio', 'audio'],
  ['input_audio', 'audio'],
  ['audio_url', 'audio'],
  ['video_url', 'a video'],
  ['video', 'a video'],
])

/** The name of a sound or a video in the spelling of any API, which only chats have; undefined for any other part. */
export function recordingIn(part: Fields): string | undefined {
  const recording = recordings.get(part['type'])
  if (recording !== undefined) return recording
  const file = fileFieldsOf(part)
  if (!file) return undefined
  if (isSound(part, file)) return 'audio'
  return part['type'] === 'document' && isVideo(part, file) ? 'a video' : undefined
}
