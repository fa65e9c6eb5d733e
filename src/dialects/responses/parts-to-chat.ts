import type { ContentPart } from '../../contract/index.ts'
import { fileIn } from '../../chat/notes/files.ts'
import { filePart } from '../../chat/notes/foreign-files.ts'
import { fieldsOf, textOf } from '../../chat/read/fields.ts'
import { clip } from '../../text/clip.ts'
import { check, invalidField } from '../check.ts'
import { imagePart, textPart } from '../conversation/conversation-builder.ts'
import { isTextAlone } from '../conversation/earlier-content.ts'
import { isKnownPart } from '../conversation/earlier-turns.ts'
import { toldJson } from '../../chat/notes/told-json.ts'
import { filePartSchema, imagePartSchema, textPartSchema } from './schema.ts'

type Part = Readonly<Record<string, unknown>> & { readonly type: string }

/** The turn that a part belongs to. */
export interface Turn {
  readonly isUser: boolean
  /** Whether it is later than the last answer. */
  readonly isLate: boolean
}

/**
 * Translates the content of a message or a result. A part without a counterpart is refused if the user asks for it now; in a
 * history it is told as text, or left out.
 */
export function partsOf(
  content: string | readonly { readonly type: string }[],
  path: string,
  turn: Turn,
): ContentPart[] {
  if (typeof content === 'string') return [textPart(content)]
  return content.flatMap((part, index) => partOf(part, `${path}[${index}]`, turn) ?? [])
}

function partOf(part: Part, at: string, { isUser, isLate }: Turn): ContentPart | undefined {
  const isNew = isUser && isLate
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return textPart(check(textPartSchema, part, at).text)
    case 'refusal':
      return { type: 'refusal', refusal: textOf(part['refusal']) }
    case 'input_image':
    case 'computer_screenshot':
      return imageOf(part, at, isNew)
    case 'input_file': {
      const file = isUser ? fileIn(part) : undefined
      return file?.isSound || file?.isVideo ? filePart(file) : fileOf(part, at, isNew)
    }
    default: {
      const file = isUser ? fileIn(part) : undefined
      if (file) return filePart(file)
      if (isNew) throw invalidField(`${at}.type`, `parts of type "${clip(part.type)}" are not supported here`)
      return told(earlierText(part))
    }
  }
}

/** The text of a part that a chat has no place for; data with a type of its own is told as JSON. */
function earlierText(part: Part): string {
  if (!isKnownPart(part) && !isTextAlone(part)) return toldJson(part)
  const text = textOf(part['text']) || textOf(part['transcript'])
  return text === '' && part.type === 'input_audio' ? '[audio that this model cannot read]' : text
}

function imageOf(given: Part, at: string, isNew: boolean): ContentPart | undefined {
  const part = withAddress(given)
  if (!isNew && typeof part['image_url'] !== 'string') return told('[an image that is no longer available]')
  const { image_url: url, detail } = check(imagePartSchema, part, at)
  return imagePart(url, detail)
}

/** The part with the address of its image, which some clients nest as a chat does. */
function withAddress(part: Part): Part {
  const nested = fieldsOf(part['image_url'])?.['url']
  return typeof nested === 'string' ? { ...part, image_url: nested } : part
}

function fileOf(part: Part, at: string, isNew: boolean): ContentPart | undefined {
  const name = textOf(part['filename']) || 'file'
  const url = textOf(part['file_url'])
  if (url !== '') return filePart({ address: url, name, isSound: false, isVideo: false })
  if (!isNew && typeof part['file_data'] !== 'string')
    return told(`[${name}, a file that is no longer available]`)
  const { file_data } = check(filePartSchema, part, at)
  return { type: 'file', file: { filename: name, file_data } }
}

function told(text: string): ContentPart | undefined {
  return text === '' ? undefined : textPart(text)
}
