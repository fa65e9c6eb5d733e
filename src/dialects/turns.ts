import type { ContentPart, Message, ToolCall } from '../contract/index.ts'

/**
 * Puts a conversation together from parts that other formats order more freely: all results of one round of tool calls
 * stand together after it, with images among them behind, since a tool's turn holds text alone.
 */
export class Turns {
  readonly #messages: Message[] = []
  #images: ContentPart[] = []

  /** The conversation; nothing may be added afterwards. */
  get messages(): readonly Message[] {
    this.#flushImages()
    return this.#messages
  }

  system(text: string): void {
    this.#add({ role: 'system', content: text })
  }

  user(parts: readonly ContentPart[]): void {
    const images = this.#images
    this.#images = []
    const all = [...images, ...parts]
    if (all.length > 0) this.#messages.push({ role: 'user', content: plain(all) })
  }

  /** What the model said or called; it goes on the turn it has begun, if the last one is its own. */
  assistant(parts: readonly ContentPart[], calls: readonly ToolCall[], extra: object = {}): void {
    this.#flushImages()
    const last = this.#messages.at(-1)
    // Both a text after calls and calls after a text are one turn of a chat; two texts are two.
    const joins = last?.role === 'assistant' && (parts.length === 0 || last.content === null)
    if (joins) this.#messages.pop()
    const before = joins ? last : undefined
    const content = parts.length > 0 ? joined(parts) : (before?.content ?? null)
    const all = [...(before?.tool_calls ?? []), ...calls]
    this.#messages.push({
      ...before,
      role: 'assistant',
      content,
      ...(all.length > 0 ? { tool_calls: all } : {}),
      ...extra,
    })
  }

  result(id: string, parts: readonly ContentPart[]): void {
    const texts = parts.filter(part => part.type === 'text')
    this.#images.push(...parts.filter(part => part.type !== 'text'))
    this.#messages.push({ role: 'tool', tool_call_id: id, content: texts.map(part => part.text).join('\n') })
  }

  #add(message: Message): void {
    this.#flushImages()
    this.#messages.push(message)
  }

  #flushImages(): void {
    this.user([])
  }
}

export function textPart(text: string): ContentPart {
  return { type: 'text', text }
}

/** An image by its address, which may be a `data:` URL. */
export function imagePart(url: string, detail?: unknown): ContentPart {
  return { type: 'image_url', image_url: { url, ...(detail == null ? {} : { detail }) } }
}

export function toolCall(id: string, name: string, args: string): ToolCall {
  return { id, type: 'function', function: { name, arguments: args } }
}

/** What the model has said in several texts is one. */
function joined(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  return parts.every(part => part.type === 'text') ? parts.map(part => part.text).join('') : parts
}

/** One text stays a string: not every service takes lists. */
function plain(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const [first] = parts
  return parts.length === 1 && first?.type === 'text' ? (first.text ?? '') : parts
}
