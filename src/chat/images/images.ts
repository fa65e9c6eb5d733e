import type { Delta, Message } from '../../contract/index.ts'

/**
 * The parts of an answer that are images, which services put into a field of their own or among the parts of its content, and
 * some into both: each address once.
 */
export function imagesOf({ images, content }: Message | Delta): readonly object[] {
  const listed: readonly unknown[] = Array.isArray(images) ? images : []
  const parts: readonly unknown[] = Array.isArray(content) ? content : []
  const byAddress = new Map<string, object>()
  for (const part of [...listed, ...parts]) {
    const address = addressOf(part)
    if (address !== '' && !byAddress.has(address)) byAddress.set(address, part as object)
  }
  return [...byAddress.values()]
}

/** The address of a part that is an image, often a `data:` URL; empty for any other part. */
export function addressOf(part: unknown): string {
  const image = (part as { readonly image_url?: unknown } | null | undefined)?.image_url
  const url =
    typeof image === 'string' ? image : (image as { readonly url?: unknown } | null | undefined)?.url
  return typeof url === 'string' ? url : ''
}

/** An image in Markdown. What would end its address early is escaped. */
export function imageLink(address: string): string {
  const escaped = address.replace(/[\s<>()\\]/g, character =>
    character === '(' ? '%28' : character === ')' ? '%29' : encodeURIComponent(character),
  )
  return `![image](${escaped})`
}
