import { fieldsOf, textOf } from '../../chat/read/fields.ts'
import type { ChatRequest, Message } from '../../contract/index.ts'
import { idRules, withFittingIds } from '../spelling/calls/call-ids.ts'
import { withResultNames } from '../spelling/calls/result-names.ts'
import { withReadableHistory } from '../spelling/text-only.ts'
import type { Body, Hint } from './hint.ts'

/** Forms of a conversation that some models refuse, whoever serves them, and that say the same in another form. */
export const turnHints: Readonly<Record<string, Hint>> = {
  // Mistral's, behind OpenRouter or vLLM: https://github.com/musistudio/claude-code-router/issues/1070
  'ids of tool calls': {
    named: /\btool call id\b.{0,120}\blength of 9\b/is,
    alone: true,
    without: body => withTurns(body, messages => withFittingIds(messages, idRules.nine)),
  },
  // Gemini's: https://github.com/editor-code-assistant/eca/issues/247
  'turns of the assistant in a row': {
    named: /\bfunction call turn comes immediately after a user turn\b/i,
    alone: true,
    without: body => withTurns(body, joinedTurns),
  },
  // Gemini's, and of gateways to it: https://github.com/vectorize-io/hindsight/pull/187, https://github.com/su-kaka/gcli2api/issues/200
  'results without the name of their tool': {
    named:
      /\bfunction_response\.name\b|\btool (?:name|message)\b.{0,30}(?:\brequired\b|\bmust have a 'name')/i,
    alone: true,
    without: body => withTurns(body, withResultNames),
  },
  // GLM's and Mistral's: https://github.com/BerriAI/litellm/issues/3736
  'empty turns of the assistant': {
    named:
      /\bcontent and tool_calls fields can'?t both be empty\b|\bassistant message must have either content or tool_calls\b/i,
    alone: true,
    without: body =>
      withTurns(body, messages => {
        const kept = messages.filter(message => !isEmpty(message))
        return kept.length === messages.length ? messages : kept
      }),
  },
  // Bedrock's, behind gateways: https://github.com/continuedev/continue/issues/9767
  'blank texts': {
    named:
      /\btext content blocks must (?:be non-empty|contain non-whitespace)|\btext field in the ContentBlock object\b.{0,80}\bis blank\b/i,
    alone: true,
    without: body => withTurns(body, withoutBlankTexts),
  },
  // https://github.com/farion1231/cc-switch/issues/1831
  'sealed thoughts': {
    named: /\bunsupported content type\b.{0,10}\bredacted_thinking\b/i,
    alone: true,
    without: body => withTurns(body, withoutSealedBlocks),
  },
  'earlier videos': earlierParts('video', ['video_url', 'video']),
  'earlier sounds': earlierParts('audio', ['input_audio', 'audio_url']),
  'earlier files': earlierParts('files?', ['file']),
}

/**
 * Parts of types that a service does not know, as notes: their turns would be refused as long as the conversation lasts. Parts
 * that the user sends now are what is asked for. `media`: what a service calls them that does not support them.
 */
function earlierParts(media: string, types: readonly string[]): Hint {
  const type = `(?:${types.join('|')})`
  const named = [
    // OpenAI's words, those of vLLM, and https://github.com/QwenLM/qwen-code/issues/1888
    String.raw`\b(?:invalid|unsupported|unknown)(?: (?:value|variant|content|part|input|type))+(?:: ?["']?| ["'\`])${type}\b`,
    // https://github.com/unslothai/unsloth/pull/10439
    String.raw`\bparts? of type ["'\`]?${type}["'\`]? (?:is|are) not supported\b`,
    String.raw`\b(?:not|n't) support ${media}\b`,
    // llama.cpp's, whatever the type is: https://github.com/mostlygeek/llama-swap/issues/1047
    String.raw`\bunsupported content\[\]\.type\b`,
  ]
  const isUnread = (part: unknown) => types.includes(textOf(fieldsOf(part)?.['type']))
  return {
    named: new RegExp(named.join('|'), 'i'),
    alone: true,
    without: body => withTurns(body, messages => withReadableHistory(messages, isUnread)),
  }
}

function withTurns(body: Body, change: (messages: readonly Message[]) => readonly Message[]): Body {
  const { messages } = body as unknown as Partial<ChatRequest>
  if (!Array.isArray(messages) || !messages.every(message => typeof message === 'object' && message !== null))
    return body
  const changed = change(messages as readonly Message[])
  return changed === messages ? body : { ...body, messages: changed }
}

/** Text and calls of the assistant in messages that follow each other, as one message. */
function joinedTurns(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = []
  for (const message of messages) {
    const last = joined.at(-1)
    const both = last && joinedTurn(last, message)
    if (both) joined[joined.length - 1] = both
    else joined.push(message)
  }
  return joined.length === messages.length ? messages : joined
}

function joinedTurn(last: Message, next: Message): Message | undefined {
  if (last.role !== 'assistant' || next.role !== 'assistant') return undefined
  const texts = [last.content, next.content].filter(content => content != null && content !== '')
  if (!texts.every(content => typeof content === 'string')) return undefined
  const calls = [...(last.tool_calls ?? []), ...(next.tool_calls ?? [])]
  return {
    ...last,
    ...next,
    content: texts.length > 0 ? texts.join('\n\n') : null,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

function isEmpty({ role, content, tool_calls: calls, function_call: call }: Message): boolean {
  const hasContent = content != null && content !== '' && content.length > 0
  return role === 'assistant' && !hasContent && (calls?.length ?? 0) === 0 && call == null
}

/** Messages without texts of white space. A turn of the assistant that has nothing else is left out. */
function withoutBlankTexts(messages: readonly Message[]): readonly Message[] {
  const changed = messages.flatMap(message => {
    const kept = withoutBlanks(message)
    return isEmpty(kept) ? [] : [kept]
  })
  return changed.length === messages.length && changed.every((message, index) => message === messages[index])
    ? messages
    : changed
}

function withoutBlanks(message: Message): Message {
  const { role, content } = message
  if (typeof content === 'string')
    return role === 'assistant' && content.trim() === '' ? { ...message, content: null } : message
  if (!Array.isArray(content)) return message
  const kept = (content as readonly unknown[]).filter(part => !isBlank(part))
  if (kept.length === content.length || (kept.length === 0 && role !== 'assistant')) return message
  return { ...message, content: kept.length === 0 ? null : (kept as Message['content'] & object) }
}

function isBlank(part: unknown): boolean {
  const { type, text } = Object(part) as { readonly type?: unknown; readonly text?: unknown }
  return type === 'text' && typeof text === 'string' && text.trim() === ''
}

function withoutSealedBlocks(messages: readonly Message[]): readonly Message[] {
  const changed = messages.map(message => {
    const { content } = message
    if (!Array.isArray(content)) return message
    const kept = content.filter(block => (block as { readonly type?: unknown }).type !== 'redacted_thinking')
    return kept.length === content.length || kept.length === 0 ? message : { ...message, content: kept }
  })
  return changed.every((message, index) => message === messages[index]) ? messages : changed
}
