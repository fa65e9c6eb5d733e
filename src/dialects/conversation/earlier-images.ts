import { dataIn, dataUrl, isData, isImageData } from '../../chat/images/data-url.ts'
import { addressOf } from '../../chat/images/images.ts'
import { fileIn } from '../../chat/notes/files.ts'
import { fieldsOf, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'

/** The types that a part with an image has in chats, Responses, Messages and MCP. */
const imageTypes: ReadonlySet<unknown> = new Set(['computer_screenshot', 'image', 'image_url', 'input_image'])

/** The address of an image in the spelling of any API, often a `data:` URL; empty for any other part. Some send it as a file. */
export function imageAddress(part: Fields): string {
  if (!imageTypes.has(part['type'])) {
    const address = fileIn(part)?.address ?? ''
    return isImageData(address) ? address : ''
  }
  const source = fieldsOf(part['source'])
  const address = addressOf(part) || wordsOf(source?.['url'])
  if (address) return address
  const data = wordsOf(part['data']) ?? wordsOf(source?.['data'])
  const mediaType = wordsOf(part['mimeType']) ?? wordsOf(part['mime_type']) ?? wordsOf(source?.['media_type'])
  if (data === undefined || isData(data)) return data ?? ''
  return mediaType === undefined ? '' : dataUrl(mediaType, data)
}

/** An image as a block of the Messages API. */
export function imageBlock(url: string): Fields {
  const data = dataIn(url)
  const source = data
    ? { type: 'base64', media_type: data.mediaType || 'image/png', data: data.data }
    : { type: 'url', url }
  return { type: 'image', source }
}
