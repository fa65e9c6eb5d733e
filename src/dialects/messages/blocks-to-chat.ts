import type { ContentPart } from '../../contract/index.ts'
import { dataUrl } from '../../chat/images/data-url.ts'
import { fileIn, recordingIn } from '../../chat/notes/files.ts'
import { fieldsOf, textOf } from '../../chat/read/fields.ts'
import { filePart, namedFile } from '../../chat/notes/foreign-files.ts'
import { clip } from '../../text/clip.ts'
import { check, invalidField } from '../check.ts'
import { imagePart, textPart } from '../conversation/conversation-builder.ts'
import { isTextAlone } from '../conversation/earlier-content.ts'
import { isKnownBlock } from '../conversation/earlier-turns.ts'
import { toldJson } from '../../chat/notes/told-json.ts'
import { noteFor } from '../../chat/notes/unreadable.ts'
import { marked } from './cache-marks.ts'
import { documentBlock, imageBlock, textBlock } from './schema.ts'
import type { ContentBlock } from './schema.ts'

/**
 * Translates a block of a user or of a tool's result. Pictures and files that cannot be had are refused if they are
 * asked for now; everything else without a counterpart is told as text, or left out if it has none.
 */
export function partsOf(block: ContentBlock, at: string, isNew: boolean): readonly ContentPart[] {
  const content: unknown = block.type === 'document' ? fieldsOf(block['source'])?.['content'] : undefined
  if (Array.isArray(content)) return documentParts(block, content, { at, isNew })
  const part = translated(block, at, isNew)
  return part ? [marked(part, block)] : []
}

interface Place {
  readonly at: string
  readonly isNew: boolean
}

/** The texts and images of a document in their order. A mark for the cache is behind all of it. */
function documentParts(
  block: ContentBlock,
  content: readonly unknown[],
  { at, isNew }: Place,
): readonly ContentPart[] {
  const parts: ContentPart[] = []
  let texts = [textOf(block['title'])]
  const addTexts = () => {
    const part = told(linesOf(texts))
    if (part) parts.push(part)
    texts = []
  }
  for (const [index, one] of content.entries()) {
    const inner = fieldsOf(one)
    const image =
      inner?.['type'] === 'image'
        ? imageOf({ ...inner, type: 'image' }, `${at}.source.content[${index}]`, isNew)
        : undefined
    if (image) {
      addTexts()
      parts.push(image)
    } else texts.push(linesOf(textsIn([one])))
  }
  addTexts()
  return parts.map((part, index) => (index === parts.length - 1 ? marked(part, block) : part))
}

/** Translates a block of a tool's result. A call inside of one is data. */
export function resultPartsOf(block: ContentBlock, at: string): readonly ContentPart[] {
  const text = block.type === 'tool_use' ? toldJson(block) : unknownBlockText(block)
  return text === '' ? partsOf(block, at, false) : [marked(textPart(text), block)]
}

/** The text of a block of the model's turn that is neither text nor thinking nor a call. */
export function earlierBlockText(block: ContentBlock): string {
  return unknownBlockText(block) || serverBlockText(block)
}

/** The JSON of a block that the API does not have, unless it says only a text: it is data with a type of its own. */
function unknownBlockText(block: ContentBlock): string {
  const isKnown = block.type === 'text' || isKnownBlock(block) || isTextAlone(block)
  return isKnown ? '' : toldJson(block)
}

function translated(block: ContentBlock, at: string, isNew: boolean): ContentPart | undefined {
  switch (block.type) {
    case 'text':
      return textPart(check(textBlock, block, at).text)
    case 'image':
      return imageOf(block, at, isNew)
    case 'document':
      return recordedIn(block) ?? documentOf(block, at, isNew)
    case 'container_upload':
      if (isNew) throw invalidField(`${at}.type`, 'files in a container need a provider of type "anthropic"')
      return undefined
    case 'tool_use':
      // The model's own block in a turn of the user is a mistake of the client, not a part of a history.
      throw invalidField(`${at}.type`, `blocks of type "${clip(block.type)}" have no place here`)
    default: {
      const file = fileIn(block)
      if (file) return filePart(file)
      return recordingIn(block) === undefined ? told(serverBlockText(block)) : recordingOf(block, at, isNew)
    }
  }
}

/** The text of a block that a chat has no place for: what was searched, found, run or answered. Empty for a block without text. */
function serverBlockText(block: ContentBlock): string {
  const { type, name, tool_name: tool, input, title, source, content } = block
  switch (type) {
    case 'server_tool_use':
    case 'mcp_tool_use':
      return `[Called ${textOf(name)} with ${JSON.stringify(input ?? {})}]`
    case 'tool_reference':
      return `[The tool ${textOf(tool)} is available]`
    case 'search_result':
      return linesOf([titleOf(textOf(title), textOf(source)), ...textsIn(content)])
    default:
      return linesOf([textOf(block['text']), ...textsIn(content)])
  }
}

function imageOf(block: ContentBlock, at: string, isNew: boolean): ContentPart | undefined {
  const read = imageBlock.safeParse(block)
  if (!read.success && !isNew) return told('[an image that is no longer available]')
  const { source } = check(imageBlock, block, at)
  return imagePart(source.type === 'url' ? source.url : dataUrl(source.media_type, source.data))
}

/** The types of sounds and videos in a chat, which have them in a field of the same name. */
const chatRecordings: ReadonlySet<string> = new Set(['audio_url', 'input_audio', 'video', 'video_url'])

/** A sound or a video in the form of a chat: a service that has no place for it refuses it, or is told of it. */
function recordingOf(block: ContentBlock, at: string, isNew: boolean): ContentPart {
  const { type } = block
  if (chatRecordings.has(type) && block[type] != null) return block
  const video = type === 'video' ? fileIn({ ...block, type: 'document' }) : undefined
  if (video) return { type: 'video_url', video_url: { url: video.address } }
  if (isNew) throw invalidField(at, `is of type "${clip(type)}" without data or an address that can be read`)
  return noteFor(block)
}

/** A sound or a video that a client sends as a document. */
function recordedIn(block: ContentBlock): ContentPart | undefined {
  const file = recordingIn(block) === undefined ? undefined : fileIn(block)
  return file && filePart(file)
}

/** Names a document by its address: a chat has no place for the document, and a model may know or fetch it. */
function documentOf(block: ContentBlock, at: string, isNew: boolean): ContentPart | undefined {
  const given = block['source'] as Readonly<Record<string, unknown>> | null | undefined
  const title = textOf(block['title'])
  if (given?.['type'] === 'url') {
    const text = titleOf(title || 'document', textOf(given['url']))
    const file = fileIn(block)
    return file ? namedFile(file, text) : told(text)
  }
  if (given?.['type'] === 'content') return told(linesOf([title, ...textsIn(given['content'])]))
  const read = documentBlock.safeParse(block)
  if (!read.success && !isNew) return told(`[${title || 'a document'} that is no longer available]`)
  const { source } = check(documentBlock, block, at)
  if (source.type === 'text') return textPart(source.data)
  return {
    type: 'file',
    file: { filename: title || 'document', file_data: dataUrl(source.media_type, source.data) },
  }
}

/** The texts inside the content of a block, which services nest in different ways. */
function textsIn(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content]
  const all: readonly unknown[] = Array.isArray(content) ? content : [content]
  return all.flatMap(one => {
    if (typeof one !== 'object' || one === null) return []
    const { title, url, text, stdout, stderr, error_code: error, content: inner } = one as ContentBlock
    const own = [textOf(text), textOf(stdout), textOf(stderr), textOf(error)]
    const found = typeof url === 'string' ? titleOf(textOf(title), url) : ''
    const deeper = typeof inner === 'string' ? inner : ''
    return [found, ...own, deeper].filter(text => text !== '')
  })
}

function titleOf(title: string, address: string): string {
  return title === '' || address === '' ? title + address : `${title}: ${address}`
}

function linesOf(texts: readonly string[]): string {
  return texts.filter(text => text !== '').join('\n')
}

function told(text: string): ContentPart | undefined {
  return text.trim() === '' ? undefined : textPart(text)
}
