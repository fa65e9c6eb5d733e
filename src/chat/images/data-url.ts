/** The contents of a `data:` URL. */
export interface UrlData {
  /** Empty if the URL names none. */
  readonly mediaType: string
  /** In base64, whatever the URL has it in. */
  readonly data: string
  /** Whether the URL has it in base64, too. */
  readonly isBase64: boolean
}

/** Whether an address is a `data:` URL. */
export function isData(address: string): boolean {
  return /^data:/i.test(address)
}

/** Whether it is one of an image. */
export function isImageData(address: string): boolean {
  return /^data:image\//i.test(address)
}

/** The data in a `data:` URL; undefined for any other address. */
export function dataIn(address: string): UrlData | undefined {
  const comma = address.indexOf(',')
  if (comma < 0 || !isData(address)) return undefined
  const [mediaType = '', ...parameters] = address.slice('data:'.length, comma).toLowerCase().split(';')
  const text = address.slice(comma + 1)
  const isBase64 = parameters.at(-1)?.trim() === 'base64'
  const isPlain = isBase64 && !text.includes('%')
  const data = isPlain ? text : unescaped(text).toString(isBase64 ? 'latin1' : 'base64')
  return { mediaType: mediaType.trim(), data, isBase64 }
}

/** A `data:` URL of data in base64. */
export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`
}

/** The bytes of a text in which some are written as `%` with two digits. */
function unescaped(text: string): Buffer {
  const bytes = Buffer.from(text).toString('latin1')
  const read = (_: string, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))
  return Buffer.from(bytes.replace(/%([\da-f]{2})/gi, read), 'latin1')
}
