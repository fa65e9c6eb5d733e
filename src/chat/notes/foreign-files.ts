import type { ContentPart } from '../../contract/index.ts'
import { dataIn, isImageData } from '../images/data-url.ts'
import type { GivenFile } from './files.ts'

const files = new WeakMap<object, GivenFile>()

/**
 * Keeps the file that a part names in words: chat services take none by its address, and none in the result of a tool; others
 * do. It belongs to this very part.
 */
export function noteFile(told: ContentPart, file: GivenFile): void {
  files.set(told, file)
}

/** The file that a part names in words. */
export function notedFile(told: ContentPart): GivenFile | undefined {
  return files.get(told)
}

/** The formats of sounds at OpenAI by their media types, if those differ. */
const formats: ReadonlyMap<string, string> = new Map([
  ['mpeg', 'mp3'],
  ['wave', 'wav'],
  ['x-wav', 'wav'],
  ['vnd.wave', 'wav'],
])

/**
 * A file, a sound, a video or an image of the user as a part of a chat. Any other file by its address is named, since a model
 * may know or fetch it.
 */
export function filePart(file: GivenFile): ContentPart {
  const { address, name = 'file', isSound, isVideo } = file
  const { mediaType = '', data } = dataIn(address) ?? {}
  if (data === undefined && isSound) return { type: 'audio_url', audio_url: { url: address } }
  if (isVideo) return { type: 'video_url', video_url: { url: address } }
  if (isImageData(address)) return { type: 'image_url', image_url: { url: address } }
  if (data === undefined) return namedFile(file, `[${name}: ${address}]`)
  if (!isSound) return { type: 'file', file: { filename: name, file_data: address } }
  const format = mediaType.replace('audio/', '')
  return { type: 'input_audio', input_audio: { data, format: formats.get(format) ?? format } }
}

/** A text that names a file by its address. */
export function namedFile(file: GivenFile, text: string): ContentPart {
  const told = { type: 'text', text }
  noteFile(told, file)
  return told
}
