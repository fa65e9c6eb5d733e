import { notedFile } from '../../chat/notes/foreign-files.ts'
import { noteNative, withBlockFields } from '../../chat/notes/native-form.ts'
import type { ContentPart, Message, ToolCall } from '../../contract/index.ts'
import { joinThoughts, thoughtFields } from '../../text/carried-thoughts.ts'
import type { Thoughts } from '../../text/carried-thoughts.ts'

/** A message of the model to which more may be added. */
interface Draft {
  readonly parts: ContentPart[]
  readonly calls: ToolCall[]
  reasoning: string
  thoughts: Thoughts
  extra: Readonly<Record<string, unknown>>
  readonly native: Native[]
}

/** A block of the client's own format. */
type Native = Readonly<Record<string, unknown>> & { readonly type: string }

/**
 * Builds the messages of a chat from the parts of formats with a freer order. The results of a round of tool calls come
 * right after it; their images follow as a user message, since a tool message holds only text. Takes linear time. The
 * blocks in `native` are noted with the message, for a service that speaks their format.
 */
export class ConversationBuilder {
  readonly #messages: Message[] = []
  #images: ContentPart[] = []
  /** Whether the images belong to results whose native blocks are noted. */
  #nativeResults = false
  #draft: Draft | undefined

  /** The finished conversation; add nothing afterwards. */
  get messages(): readonly Message[] {
    this.#flush()
    return this.#messages
  }

  /** Adds instructions; a single text without marks becomes a string, since not every service accepts lists. */
  addSystem(parts: readonly ContentPart[], native: readonly Native[] = []): void {
    this.#flush()
    const plain = parts.every(isPlainText)
    const content = plain ? parts.map(part => part.text).join('\n\n') : parts
    this.#push({ role: 'system', content }, native)
  }

  addUser(parts: readonly ContentPart[], native: readonly Native[] = []): void {
    this.#closeDraft()
    const all = [...this.#images, ...parts]
    // Native results have their images inside.
    const known = this.#images.length > 0 && this.#nativeResults
    this.#images = []
    if (all.length === 0) return
    const message = { role: 'user', content: simplified(all) }
    if (known) noteNative(message, native)
    this.#push(message, native)
  }

  /**
   * Adds text or tool calls of the model, to its last message if that is still open: in a chat, a text and the tool calls
   * around it are one message, and two texts are two.
   */
  addAssistant(
    parts: readonly ContentPart[],
    calls: readonly ToolCall[],
    extra: Readonly<Record<string, unknown>> = {},
    native: readonly Native[] = [],
  ): void {
    const open = this.#draft
    const draft = open && (parts.length === 0 || open.parts.length === 0) ? open : this.#begin()
    for (const part of parts) draft.parts.push(part)
    for (const call of calls) draft.calls.push(call)
    for (const block of native) draft.native.push(block)
    draft.extra = { ...draft.extra, ...extra }
  }

  /** Adds the model's thinking and its sealed form, which belong to the text or the calls that follow. */
  addReasoning(text: string, thoughts: Thoughts = {}): void {
    const open = this.#draft
    // The signature of a text comes behind it.
    const belongs = open && (open.parts.length === 0 || (text === '' && thoughts.extra_content !== undefined))
    const draft = belongs ? open : this.#begin()
    draft.reasoning += (draft.reasoning === '' || text === '' ? '' : '\n\n') + text
    draft.thoughts = joinThoughts(draft.thoughts, thoughts)
  }

  addResult(id: string, parts: readonly ContentPart[], native: readonly Native[] = []): void {
    this.#closeDraft()
    this.#nativeResults = native.length > 0
    const texts = parts.filter(part => part.type === 'text')
    for (const part of parts) if (part.type !== 'text') this.#images.push(part)
    const result = { role: 'tool', tool_call_id: id, content: resultOf(texts) }
    this.#push(withBlockFields(result, { is_error: native[0]?.['is_error'] }), native)
  }

  #begin(): Draft {
    this.#flush()
    return (this.#draft = { parts: [], calls: [], reasoning: '', thoughts: {}, extra: {}, native: [] })
  }

  /** Thinking alone is not a message: no service accepts one without text or calls. */
  #closeDraft(): void {
    const { parts = [], calls = [], reasoning = '', thoughts, extra, native = [] } = this.#draft ?? {}
    this.#draft = undefined
    if (parts.length + calls.length === 0) return
    const message = {
      role: 'assistant',
      content: parts.length > 0 ? joinTexts(parts) : null,
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
      ...(thoughts && thoughtFields(thoughts)),
      ...extra,
    }
    this.#push(message, native)
  }

  #push(message: Message, native: readonly Native[]): void {
    if (native.length > 0) noteNative(message, native)
    this.#messages.push(message)
  }

  #flush(): void {
    this.#closeDraft()
    if (this.#images.length > 0) this.addUser([])
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

function isPlainText({ type, cache_control: mark }: ContentPart): boolean {
  return type === 'text' && mark === undefined
}

/** Several texts of the model as one. */
function joinTexts(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  return parts.every(isPlainText) ? parts.map(part => part.text).join('') : parts
}

/** The texts of a result as a string, unless one of them is marked for the cache. */
function resultOf(texts: readonly ContentPart[]): string | readonly ContentPart[] {
  return texts.every(isPlainText) ? texts.map(part => part.text).join('\n') : texts
}

/** A single text as a string, since not every service accepts lists, unless other services get a file for it. */
function simplified(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const [first] = parts
  return parts.length === 1 && first && isPlainText(first) && !notedFile(first) ? (first.text ?? '') : parts
}
