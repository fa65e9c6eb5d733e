import type { ContentPart, Message, ToolCall } from '../contract/index.ts'

/**
 * Builds the messages of a chat from the parts of formats with a freer order. The results of a round of tool calls come
 * right after it; their images follow as a user message, since a tool message holds only text.
 */
export class ConversationBuilder {
  readonly #messages: Message[] = []
  #images: ContentPart[] = []

  /** The finished conversation; add nothing afterwards. */
  get messages(): readonly Message[] {
    this.#flushImages()
    return this.#messages
  }

  addSystem(text: string): void {
    this.#add({ role: 'system', content: text })
  }

  addUser(parts: readonly ContentPart[]): void {
    const images = this.#images
    this.#images = []
    const all = [...images, ...parts]
    if (all.length > 0) this.#messages.push({ role: 'user', content: simplified(all) })
  }

  /** Adds text or tool calls of the model, to its last message if that is still open. */
  addAssistant(parts: readonly ContentPart[], calls: readonly ToolCall[], extra: object = {}): void {
    this.#flushImages()
    const last = this.#messages.at(-1)
    // In a chat, a text and the tool calls around it are one message; two texts are two.
    const joins = last?.role === 'assistant' && (parts.length === 0 || last.content === null)
    if (joins) this.#messages.pop()
    const before = joins ? last : undefined
    const content = parts.length > 0 ? joinTexts(parts) : (before?.content ?? null)
    const all = [...(before?.tool_calls ?? []), ...calls]
    this.#messages.push({
      ...before,
      role: 'assistant',
      content,
      ...(all.length > 0 ? { tool_calls: all } : {}),
      ...extra,
    })
  }

  addResult(id: string, parts: readonly ContentPart[]): void {
    const texts = parts.filter(part => part.type === 'text')
    this.#images.push(...parts.filter(part => part.type !== 'text'))
    this.#messages.push({ role: 'tool', tool_call_id: id, content: texts.map(part => part.text).join('\n') })
  }

  #add(message: Message): void {
    this.#flushImages()
    this.#messages.push(message)
  }

  #flushImages(): void {
    this.addUser([])
  }
}

/** A part of a message that is text. */
export function textPart(text: string): ContentPart {
  return { type: 'text', text }
}

/** An image by its URL, which may be a `data:` URL. */
export function imagePart(url: string, detail?: unknown): ContentPart {
  return { type: 'image_url', image_url: { url, ...(detail == null ? {} : { detail }) } }
}

/** A call of a function by the model; `args` is JSON text. */
export function toolCall(id: string, name: string, args: string): ToolCall {
  return { id, type: 'function', function: { name, arguments: args } }
}

/** Several texts of the model as one. */
function joinTexts(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  return parts.every(part => part.type === 'text') ? parts.map(part => part.text).join('') : parts
}

/** A single text as a string, since not every service accepts lists. */
function simplified(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const [first] = parts
  return parts.length === 1 && first?.type === 'text' ? (first.text ?? '') : parts
}
